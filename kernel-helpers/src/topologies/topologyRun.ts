import { setTimeout as sleep } from 'node:timers/promises';
import type {
  Problem,
  Run,
  RunState,
  TopologyDocument,
  TopologyItem,
  TopologyItems,
  TopologyNodeProgress,
  TopologyState
} from '@jupyterlab-deep/protocol';
import { DeepError } from '@jupyterlab-deep/protocol';
import { throwIfCancelled } from '../cancel';
import { service } from '../connection';
import { display } from '../display';
import { IMimeBundle, SHOWN_AS } from '../display/bundle';
import { tableBundle } from '../display/table';
import { interruptible } from '../interrupt';

const CHECK_EVERY_MS = 300;
const PAGE_ITEMS = 200;
const AT_WORK: RunState[] = ['queued', 'running'];

interface IOptions {
  signal?: AbortSignal;
}

/** How far a run is. */
export interface ITopologyProgress {
  done: number;
  total: number;
  /** By node id; items. */
  nodes: Record<string, TopologyNodeProgress>;
}

/** Something that came out of a topology, or an item that failed in it. */
export interface ITopologyOut {
  /** The sink that it reached, or the node where it failed. */
  node: string;
  /** What of the source it came from. */
  origin: { name: string; index: number };
  /** Any JSON; absent of files and failures. */
  value?: unknown;
  /** A file, with its bytes when they are asked for. */
  file?: { name: string; contentType: string; read(): Promise<Buffer> };
  error?: Problem;
}

/** A topology that the service carries out: it outlives this kernel, and the service too. */
export class TopologyRun {
  /** @param run As the service last told it. */
  constructor(
    run: Run,
    /** What is run. */
    readonly document: TopologyDocument | undefined = undefined
  ) {
    this.id = run.id;
    this._run = run;
  }

  readonly id: string;

  /** What was last heard of it; `refresh` asks again. */
  get state(): RunState {
    return this._run.state;
  }

  get progress(): ITopologyProgress {
    const { done = 0, total = 0 } = this._run.progress ?? {};
    return { done, total, nodes: this._topology.nodes };
  }

  /** Absolute paths of what its sinks write, by node. */
  get outputs(): Record<string, string> {
    return Object.fromEntries(
      this._topology.outputs.map(({ node, path }) => [node, path])
    );
  }

  /** Ask how it is. */
  async refresh(options: IOptions = {}): Promise<this> {
    this._run = await service.json<Run>(this._path(), options);
    return this;
  }

  /**
   * Show its progress until it ends or rests. The stop button ends the watching, not the run.
   *
   * @throws DeepError why it could not be done; `cancelled` when the watching or the run was.
   */
  async watch(options: IOptions = {}): Promise<this> {
    return interruptible(options.signal, async signal => {
      const line = display.progress(this._run.title);
      try {
        do {
          throwIfCancelled(signal);
          const { done, total } = this.progress;
          line.update(this._words(), { done, total: Math.max(total, 1) });
          await sleep(CHECK_EVERY_MS);
        } while (AT_WORK.includes((await this.refresh({ signal })).state));
      } finally {
        line.end(this._words());
      }
      this.refuseFailed();
      return this;
    });
  }

  /** What comes out, as it comes; ends with the run, or when it rests. */
  async *results({
    signal,
    onProgress
  }: IOptions & {
    onProgress?: (progress: ITopologyProgress) => void;
  } = {}): AsyncGenerator<ITopologyOut, void, void> {
    let after = 0;
    for (;;) {
      throwIfCancelled(signal);
      const isOver = !AT_WORK.includes((await this.refresh({ signal })).state);
      onProgress?.(this.progress);
      const { items } = await service.json<TopologyItems>(
        `/topologies${this._path()}/items`,
        { query: { after, limit: PAGE_ITEMS }, signal }
      );
      for (const item of items) {
        yield await this._outOf(item, signal);
      }
      after = items[items.length - 1]?.id ?? after;
      if (items.length === 0) {
        if (isOver) {
          return;
        }
        await sleep(CHECK_EVERY_MS);
      }
    }
  }

  /** Let it rest. */
  pause(): Promise<this> {
    return this._change('pause');
  }

  /** Let it go on after a rest. */
  resume(): Promise<this> {
    return this._change('resume');
  }

  /** End it; what was done stays. */
  cancel(): Promise<this> {
    return this._change('cancel');
  }

  /** @throws DeepError why it could not be done. */
  refuseFailed(): void {
    const { error } = this._run;
    if (error && this.state !== 'succeeded') {
      throw DeepError.fromProblem(error);
    }
  }

  /** How a notebook shows it: how far each node is. */
  [SHOWN_AS](): IMimeBundle {
    const rows = Object.entries(this._topology.nodes).map(([node, counts]) => ({
      node,
      ...counts
    }));
    const columns = ['node', 'waiting', 'active', 'done', 'failed', 'cached'];
    return tableBundle(rows, columns, `${this._words()} (run ${this.id})`);
  }

  private async _outOf(
    { id, node, origin, value, isCut, file, error }: TopologyItem,
    signal: AbortSignal | undefined
  ): Promise<ITopologyOut> {
    const content = `/topologies${this._path()}/items/${id}/content`;
    const read = async (): Promise<Buffer> =>
      (await service.request(content, { signal })).body;
    return {
      node,
      origin,
      ...(value !== undefined && {
        value: isCut ? JSON.parse((await read()).toString('utf8')) : value
      }),
      ...(file && {
        file: { name: file.name, contentType: file.contentType, read }
      }),
      ...(error && { error })
    };
  }

  private async _change(what: string): Promise<this> {
    this._run = await service.json<Run>(`${this._path()}/${what}`, {
      method: 'POST',
      body: {}
    });
    return this;
  }

  private get _topology(): TopologyState {
    return this._run.topology!;
  }

  private _words(): string {
    const { title, phase, state } = this._run;
    const failed = Object.values(this._topology.nodes).reduce(
      (sum, node) => sum + node.failed,
      0
    );
    return `${title}: ${phase || state}${failed > 0 ? `, ${failed} failed` : ''}`;
  }

  private _path(): string {
    return `/runs/${encodeURIComponent(this.id)}`;
  }

  private _run: Run;
}
