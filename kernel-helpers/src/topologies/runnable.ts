import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type {
  Consent,
  Run,
  TopologyCheck,
  TopologyDocument,
  TopologyExport,
  TopologyExportRequest,
  TopologyProblem,
  TopologyRunRequest
} from '@jupyterlab-deep/protocol';
import { service } from '../connection';
import { shownAs } from '../display/bundle';
import { tableBundle } from '../display/table';
import { ITopologyProgress, ITopologyOut, TopologyRun } from './topologyRun';

interface ICancellable {
  signal?: AbortSignal;
}

/**
 * What stands instead of what the sources say: by node, a glob, dataset or table relative to the notebook; by input of a
 * request its value; or a list of such requests, an item each.
 */
export type TopologyInputs =
  Record<string, unknown> | readonly Record<string, unknown>[];

export interface ITopologyRunOptions extends ICancellable {
  /** Called with what was last heard, a few times a second at most. */
  onProgress?: (progress: ITopologyProgress) => void;
  /** Take answers that a module gave for the same before; true unless said otherwise. */
  useCache?: boolean;
  /** Id of a node: only it and what it needs is run, and what it gives comes out. */
  upTo?: string;
  /** What you looked at and agree to run, by module id: its commit, version or digest, or the whole consent. */
  consents?: Record<string, string | Consent>;
}

/** A topology that can be checked, run, exported and served. */
export abstract class RunnableTopology {
  /** @throws DeepError `topology-invalid`, `topology-newer` */
  abstract document(): Promise<TopologyDocument>;

  /** Absolute path of the file that relative paths are relative to. */
  protected abstract get where(): string;

  /** What keeps it from running, and what its author should know. Nothing is started. Shown as a table; empty when all is well. */
  async validate({ signal }: ICancellable = {}): Promise<TopologyProblem[]> {
    const { problems } = await service.json<TopologyCheck>(
      '/topologies/check',
      { method: 'POST', body: await this._body(), signal }
    );
    const columns = ['severity', 'node', 'reason', 'remedy'];
    return shownAs(problems, rows =>
      tableBundle(rows, columns, rows.length ? 'Problems' : 'No problems')
    );
  }

  /**
   * Hand it to the service, which carries it out also after this kernel.
   *
   * @throws DeepError `topology-invalid` naming every problem; `consent-needed` naming the module.
   */
  async submit(
    inputs: TopologyInputs = {},
    { useCache, upTo, consents = {}, signal }: ITopologyRunOptions = {}
  ): Promise<TopologyRun> {
    const document = await this.document();
    const agreed = Object.entries(consents).map(([module, consent]) => [
      module,
      typeof consent === 'string' ? { commit: consent } : consent
    ]);
    const body: TopologyRunRequest = {
      ...(await this._body()),
      ...(Array.isArray(inputs)
        ? { items: inputs.map(item => absolute(item, document)) }
        : { inputs: absolute(inputs as Record<string, unknown>, document) }),
      ...(useCache !== undefined && { useCache }),
      ...(upTo !== undefined && { upTo }),
      ...(agreed.length > 0 && { consents: Object.fromEntries(agreed) }),
      // The connection asks again when an answer was lost.
      requestId: randomUUID()
    };
    const run = await service.json<Run>('/topologies/runs', {
      method: 'POST',
      body,
      signal
    });
    return new TopologyRun(run, document);
  }

  /**
   * Run it, and get what comes out as it comes: what reaches a sink, and each item that failed, with its `error`. Leaving
   * the loop early cancels the run.
   *
   * ```ts
   * for await (const { origin, value, error } of t.run({ photos: 'new/*.jpg' })) console.log(origin.name, value ?? error);
   * ```
   * @throws DeepError as `submit`; why the run as a whole failed, or could not be cancelled.
   */
  async *run(
    inputs: TopologyInputs = {},
    options: ITopologyRunOptions = {}
  ): AsyncGenerator<ITopologyOut, void, void> {
    const run = await this.submit(inputs, options);
    let isOver = false;
    try {
      yield* run.results(options);
      isOver = true;
    } finally {
      if (!isOver) {
        await run.leave();
      }
    }
    run.refuseFailed();
  }

  /** The same in another format, and what that has no words for. Nothing is written. */
  async export(
    to: TopologyExportRequest['to'],
    { signal }: ICancellable = {}
  ): Promise<TopologyExport> {
    const body = { ...(await this._body()), to };
    return service.json<TopologyExport>('/topologies/exports', {
      method: 'POST',
      body,
      signal
    });
  }

  /**
   * Make a module of it, which is among *My modules*.
   *
   * @returns the module's id, for `modules.open`.
   * @throws DeepError `topology-invalid`; `conflict` where the name is taken, unless `replace`.
   */
  async serve(
    name: string,
    { replace, signal }: ICancellable & { replace?: boolean } = {}
  ): Promise<string> {
    const body = { ...(await this._body()), name, replace };
    const { module } = await service.json<{ module: string }>(
      '/topologies/served',
      { method: 'POST', body, signal }
    );
    return module;
  }

  private async _body(): Promise<{ document: TopologyDocument; path: string }> {
    return { document: await this.document(), path: this.where };
  }
}

const NAMED_BY_PATH = ['files', 'csv-column'];

/** Paths in cells are relative to the notebook, whatever those in the document are relative to. */
function absolute(
  inputs: Record<string, unknown>,
  { nodes }: TopologyDocument
): Record<string, unknown> {
  const files = Object.values(nodes).flatMap(node =>
    node.kind === 'request'
      ? Object.entries(node.inputs)
          .filter(([, { type }]) => type.kind === 'file')
          .map(([name]) => name)
      : []
  );
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => {
      const kind = Object.hasOwn(nodes, name) ? nodes[name].kind : '';
      const isPath = NAMED_BY_PATH.includes(kind) || files.includes(name);
      return [
        name,
        isPath && typeof value === 'string' ? path.resolve(value) : value
      ];
    })
  );
}
