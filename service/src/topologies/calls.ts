import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Expressions } from '@jupyterlab-deep/kernel-helpers/expressions/expressions';
import {
  Consent,
  DeepError,
  TopologyDocument
} from '@jupyterlab-deep/protocol';
import { untilAborted } from '../deployments/starting';
import { asDeepError } from '../http/problems';
import { Flow } from './flow';
import { ISent, merged } from './merging';
import { RunModules } from './modules';
import { IResult, NodeWork } from './nodeWork';
import { Plan } from './plan';
import { ICarried, IFiring, IToken, partKey } from './token';

/** What came of one call. */
export interface ICallAnswer {
  /** What came to the reply, in order: several where a node makes several of one. */
  replies: ICarried[];
  /** Works that failed beside them. */
  failures: { node: string; error: DeepError }[];
  /** Files of the replies are gone after it. */
  dispose(): Promise<void>;
}

/**
 * A topology that begins with a request and ends with a reply, called item by item in memory: what the served module and
 * cells need. Nothing of it is written down, and no sink but the reply is filled.
 */
export class TopologyCalls {
  constructor(private readonly _parts: TopologyCalls.IParts) {
    this._plan = new Plan(_parts.document);
    const { nodes } = _parts.document;
    this._request = this._plan.sources.find(id => nodes[id].kind === 'request');
    this._modules = new RunModules({
      ..._parts,
      signal: this._controller.signal,
      onStarted: () => undefined
    });
  }

  /**
   * @param inputs By input of the request.
   * @throws DeepError `topology-invalid` without request or reply; `invalid-arguments` without an input that it needs; why
   * nothing came to the reply; the signal's reason.
   */
  async call(
    inputs: Readonly<Record<string, ICarried>>,
    signal: AbortSignal
  ): Promise<ICallAnswer> {
    const source = this._request;
    if (source === undefined) {
      throw new DeepError(
        'topology-invalid',
        'This topology has no request: it cannot be called.',
        { hint: 'Let it begin with a request, and end with a reply.' }
      );
    }
    await this._parts.cache.open();
    const files = path.join(this._parts.folder, randomBytes(8).toString('hex'));
    const dispose = (): Promise<void> =>
      rm(files, { recursive: true, force: true });
    const stop = AbortSignal.any([signal, this._controller.signal]);
    const work = new NodeWork({
      ...this._parts,
      ...{ plan: this._plan, modules: this._modules, files },
      useCache: true,
      signal: stop
    });
    const call = new OneCall(this._plan, work);
    try {
      await untilAborted(call.run(source, this._given(source, inputs)), stop);
      const { failures } = call;
      const replies = call.inOrder();
      if (replies.length === 0 && failures.length > 0) {
        throw failures[0].error;
      }
      return { replies, failures, dispose };
    } catch (error) {
      await dispose();
      throw error;
    }
  }

  /** Whatever is under way is given up. */
  close(): void {
    this._controller.abort(new DeepError('cancelled', 'It was stopped.'));
  }

  private _given(
    source: string,
    inputs: Readonly<Record<string, ICarried>>
  ): Map<string, IToken[]> {
    const { node } = this._plan.node(source);
    const tokens = new Map<string, IToken[]>();
    const about = node.kind === 'request' ? node.inputs : {};
    for (const [name, { required, default: usual }] of Object.entries(about)) {
      const given =
        inputs[name] ?? (usual === undefined ? undefined : { value: usual });
      if (given) {
        tokens.set(name, [{ ...given, item: 0, key: '', node: source }]);
      } else if (required) {
        const says = `It needs “${name}”.`;
        throw new DeepError('invalid-arguments', says, {
          fields: { [name]: [says] }
        });
      }
    }
    return tokens;
  }

  private readonly _plan: Plan;
  private readonly _request?: string;
  private readonly _modules: RunModules;
  private readonly _controller = new AbortController();
}

export namespace TopologyCalls {
  export interface IParts extends Omit<
    RunModules.IParts,
    'signal' | 'onStarted'
  > {
    document: TopologyDocument;
    expressions: Expressions;
    /** Files of a call lie in a folder of its own below it. */
    folder: string;
    consents: Record<string, Consent>;
  }
}

/** The way of one item, and of what merges by key make of it. */
class OneCall {
  constructor(
    private readonly _plan: Plan,
    private readonly _work: NodeWork
  ) {}

  readonly failures: { node: string; error: DeepError }[] = [];

  /** The same order for the same answers, whichever came first. */
  inOrder(): ICarried[] {
    return this._replies
      .sort((a, b) => (a.place < b.place ? -1 : 1))
      .map(({ reply }) => reply);
  }

  async run(
    source: string,
    given: ReadonlyMap<string, readonly IToken[]>
  ): Promise<void> {
    await this._follow(source, given, { index: 0, name: 'request' });
    for (const merge of this._plan.collectors) {
      for (const [name, sent] of this._collected.get(merge) ?? []) {
        // As in a run: by what they are, not by which came first.
        sent.sort((a, b) => (a.place < b.place ? -1 : 1));
        await this._followGroup(merge, name, sent);
      }
    }
  }

  private async _followGroup(
    merge: string,
    name: string,
    sent: readonly ISent[]
  ): Promise<void> {
    const { node } = this._plan.node(merge);
    try {
      const value = node.kind === 'merge' ? merged(node, sent) : null;
      const token = { item: 0, key: '', node: merge, value };
      const given = new Map([['value', [token]]]);
      await this._follow(merge, given, { index: 0, name });
    } catch (error) {
      this.failures.push({ node: merge, error: asDeepError(error) });
    }
  }

  private _follow(
    start: string,
    given: ReadonlyMap<string, readonly IToken[]>,
    origin: { index: number; name: string }
  ): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this._follows += 1;
    const flow: Flow = new Flow(this._plan, origin, start, {
      fire: firing => void this._do(flow, firing),
      done: resolve
    });
    flow.begin(given);
    return promise;
  }

  private async _do(flow: Flow, firing: IFiring): Promise<void> {
    // Whoever fired it is still at it.
    await Promise.resolve();
    const { node } = this._plan.node(firing.node);
    try {
      if (['folder', 'csv', 'json-lines'].includes(node.kind)) {
        flow.ended(firing);
        return;
      }
      const steps = flow.stepsFor(firing);
      const result = await this._work.do(firing, steps, () => undefined);
      if (node.kind === 'reply') {
        const place = `${this._follows} ${firing.name}`;
        const [reply] = result.outputs.map(carriedIn);
        this._replies.push({ place, reply });
      }
      this._collect(firing, result);
      flow.ended(firing, tokensOf(firing, result));
    } catch (error) {
      this.failures.push({ node: firing.node, error: asDeepError(error) });
      flow.ended(firing);
    }
  }

  private _collect(
    { node, name: place, inputs }: IFiring,
    { outputs, groupKey }: IResult
  ): void {
    if (groupKey !== undefined) {
      const groups = this._collected.get(node) ?? new Map<string, Placed[]>();
      const sender = inputs.get('in')?.[0]?.node ?? '';
      const sent = outputs.map(({ value }) => ({ place, sender, value }));
      groups.set(groupKey, [...(groups.get(groupKey) ?? []), ...sent]);
      this._collected.set(node, groups);
    }
  }

  private readonly _collected = new Map<string, Map<string, Placed[]>>();
  private readonly _replies: { place: string; reply: ICarried }[] = [];
  private _follows = 1_000_000;
}

type Placed = ISent & { place: string };

const carriedIn = ({ value, file }: ICarried): ICarried =>
  file ? { file } : { value };

function tokensOf(
  { node, key }: IFiring,
  { outputs }: IResult
): Map<string, IToken[]> {
  const tokens = new Map<string, IToken[]>();
  for (const { port, part, value, file } of outputs) {
    if (port !== '') {
      const own = part === undefined ? key : partKey(key, part);
      const token = { item: 0, key: own, node, value, file };
      tokens.set(port, [...(tokens.get(port) ?? []), token]);
    }
  }
  return tokens;
}
