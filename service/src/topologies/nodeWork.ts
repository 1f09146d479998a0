import {
  Expressions,
  valueIn
} from '@jupyterlab-deep/kernel-helpers/expressions/expressions';
import { DeepError, TopologyNode } from '@jupyterlab-deep/protocol';
import { Turns } from '../inference/turns';
import { TopologyCache } from './cache';
import { merged } from './merging';
import { askModule } from './moduleNode';
import { RunModules } from './modules';
import { crop, resize } from './pictures';
import { Plan } from './plan';
import { IFiring, IOutput, IToken, ITopologyFile, seenOf } from './token';

/** Pictures that are decoded at once: each may take hundreds of megabytes. */
const PICTURES_AT_ONCE = 2;

/** What came of one work of a node. */
export interface IResult {
  outputs: IOutput[];
  isCached?: boolean;
  /** What a merge by key collects, instead of giving it on. */
  groupKey?: string;
}

/** Does what each kind of node does, for one item. */
export class NodeWork {
  constructor(private readonly _parts: NodeWork.IParts) {}

  /**
   * @param steps What earlier nodes gave for the same item.
   * @param onBegin It is its turn.
   * @throws DeepError of this item alone; Error of the file system; what ends the run.
   */
  do(
    firing: IFiring,
    steps: Record<string, unknown>,
    onBegin: () => void
  ): Promise<IResult> {
    const { node } = this._parts.plan.node(firing.node);
    const at: IPlace = { firing, steps, onBegin };
    if (node.kind === 'module') {
      return this._limited(firing.node, node.concurrency, () =>
        askModule(this._parts, node, firing, onBegin)
      );
    }
    if (node.kind === 'crop' || node.kind === 'resize') {
      return this._pictures.take('', this._parts.signal, () => {
        onBegin();
        return this._picture(node, at);
      });
    }
    onBegin();
    return this._plain(node, at);
  }

  private async _picture(
    node: Extract<TopologyNode, { kind: 'crop' | 'resize' }>,
    at: IPlace
  ): Promise<IResult> {
    const picture = fileOf(one(at.firing, 'picture'));
    const { files } = this._parts;
    if (node.kind === 'resize') {
      const file = await resize(node, picture, files);
      return { outputs: [{ port: 'picture', file }] };
    }
    const boxes = one(at.firing, 'boxes');
    const isExpression = isWritten(node.boxes);
    const given = isExpression
      ? await this._evaluate(node.boxes!, boxes, at)
      : seenOf(boxes);
    return { outputs: await crop(node, picture, given, isExpression, files) };
  }

  private async _plain(node: TopologyNode, at: IPlace): Promise<IResult> {
    switch (node.kind) {
      case 'transform': {
        const token = one(at.firing, 'value');
        const value = await this._evaluate(node.expression, token, at);
        return { outputs: [{ port: 'value', value: value ?? null }] };
      }
      case 'filter': {
        const token = one(at.firing, 'in');
        const isSo = await this._isTrue(node.condition, token, at);
        return { outputs: isSo ? [passed('out', token)] : [] };
      }
      case 'branch': {
        const token = one(at.firing, 'in');
        const isSo = await this._isTrue(node.condition, token, at);
        return { outputs: [passed(isSo ? 'yes' : 'no', token)] };
      }
      case 'merge':
        return this._merge(node, at);
      default:
        return { outputs: [await this._sink(node, at)] };
    }
  }

  private async _merge(
    node: Extract<TopologyNode, { kind: 'merge' }>,
    at: IPlace
  ): Promise<IResult> {
    const tokens = at.firing.inputs.get('in') ?? [];
    const values = await Promise.all(
      tokens.map(token =>
        isWritten(node.of) ? this._evaluate(node.of!, token, at) : seenOf(token)
      )
    );
    if (isWritten(node.by)) {
      const key = await this._evaluate(node.by!, tokens[0], at);
      const value = values[0] ?? null;
      return { outputs: [{ port: '', value }], groupKey: textOf(key) };
    }
    const sent = tokens.map(({ node: sender }, index) => ({
      sender,
      value: values[index] ?? null
    }));
    return { outputs: [{ port: 'value', value: merged(node, sent) }] };
  }

  /** The row that a sink is written from. */
  private async _sink(node: TopologyNode, at: IPlace): Promise<IOutput> {
    const token = one(at.firing, 'in');
    switch (node.kind) {
      case 'folder': {
        const name = isWritten(node.name)
          ? textOf(await this._evaluate(node.name!, token, at))
          : '';
        const { file } = token;
        const content = file ? undefined : (token.value ?? null);
        return { port: '', value: { name, content }, file };
      }
      case 'csv':
        return {
          port: '',
          value: isWritten(node.columns)
            ? await this._columns(node.columns!, token, at)
            : seenOf(token)
        };
      case 'reply':
        return passed('', token);
      default:
        return { port: '', value: seenOf(token) };
    }
  }

  private async _columns(
    columns: Record<string, string>,
    token: IToken,
    at: IPlace
  ): Promise<Record<string, unknown>> {
    const texts = Object.values(columns);
    const answers = await this._parts.expressions.evaluate(
      texts,
      seenOf(token),
      bindingsOf(at)
    );
    return Object.fromEntries(
      Object.keys(columns).map((name, index) => [
        name,
        valueIn(answers[index], texts[index]) ?? null
      ])
    );
  }

  private _evaluate(text: string, token: IToken, at: IPlace): Promise<unknown> {
    const bindings = bindingsOf(at);
    return this._parts.expressions.valueOf(text, seenOf(token), bindings);
  }

  private async _isTrue(
    text: string,
    token: IToken,
    at: IPlace
  ): Promise<boolean> {
    return isTrue(await this._evaluate(text, token, at));
  }

  private _limited<T>(
    node: string,
    atOnce: number | undefined,
    work: () => Promise<T>
  ): Promise<T> {
    if (atOnce === undefined) {
      return work();
    }
    const turns = this._turns.get(node) ?? new Turns(atOnce);
    this._turns.set(node, turns);
    return turns.take('', this._parts.signal, work);
  }

  private readonly _pictures = new Turns(PICTURES_AT_ONCE);
  private readonly _turns = new Map<string, Turns>();
}

export namespace NodeWork {
  export interface IParts {
    plan: Plan;
    modules: RunModules;
    cache: TopologyCache;
    expressions: Expressions;
    /** Folder of files that come up in the run. */
    files: string;
    /** Answers that are known need not be asked for again. */
    useCache: boolean;
    signal: AbortSignal;
  }
}

interface IPlace {
  firing: IFiring;
  steps: Record<string, unknown>;
  onBegin(): void;
}

const bindingsOf = ({ firing, steps }: IPlace): Record<string, unknown> => ({
  origin: { name: firing.origin.name, index: firing.origin.index },
  steps
});

const one = ({ inputs }: IFiring, port: string): IToken => inputs.get(port)![0];

const passed = (port: string, { value, file }: IToken): IOutput => ({
  port,
  ...(file ? { file } : { value })
});

const isWritten = (given: string | object | undefined): boolean =>
  typeof given === 'string'
    ? given.trim() !== ''
    : given !== undefined && Object.keys(given).length > 0;

/** As JSONata's `$boolean`. */
export function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) {
    return value.some(isTrue);
  }
  return typeof value === 'object' && value !== null
    ? Object.keys(value).length > 0
    : Boolean(value);
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '');

/** @throws DeepError where a value came. */
export function fileOf({ file, node }: IToken): ITopologyFile {
  if (!file) {
    throw new DeepError(
      'invalid-arguments',
      `A file is taken, but a value came from ${node}.`
    );
  }
  return file;
}
