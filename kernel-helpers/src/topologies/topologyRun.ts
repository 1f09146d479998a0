import type {
  Problem,
  Run,
  TopologyDocument,
  TopologyItem,
  TopologyNodeProgress,
  TopologyState
} from '@jupyterlab-deep/protocol';
import { service } from '../connection';
import { IMimeBundle, SHOWN_AS } from '../display/bundle';
import { tableBundle } from '../display/table';
import { ItemsRun } from '../runs/itemsRun';
import type { IWaiting } from '../runs/runHandle';

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
export class TopologyRun extends ItemsRun {
  /** @param run As the service last told it. */
  constructor(
    run: Run,
    /** What is run. */
    readonly document: TopologyDocument | undefined = undefined
  ) {
    super(run);
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

  /** What comes out, as it comes; ends with the run, or when it rests. */
  async *results({
    signal,
    onProgress
  }: IWaiting & {
    onProgress?: (progress: ITopologyProgress) => void;
  } = {}): AsyncGenerator<ITopologyOut, void, void> {
    const items = this._items<TopologyItem>(
      `/topologies${this._path}/items`,
      ({ id }) => id,
      { signal, onNews: () => onProgress?.(this.progress) }
    );
    for await (const item of items) {
      yield await this._outOf(item, signal);
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
    const content = `/topologies${this._path}/items/${id}/content`;
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

  private get _topology(): TopologyState {
    return this._run.topology!;
  }

  protected override _words(): string {
    const failed = Object.values(this._topology.nodes).reduce(
      (sum, node) => sum + node.failed,
      0
    );
    return `${super._words()}${failed > 0 ? `, ${failed} failed` : ''}`;
  }
}
