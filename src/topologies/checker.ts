import type { Problem, TopologyProblem } from '@jupyterlab-deep/protocol';
import { checkGraph } from '@jupyterlab-deep/protocol/lib/topologies/checkGraph';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { Debouncer } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';
import { asRequestError } from '../service/errors';
import type { TopologiesClient } from './client';
import type { TopologyModel } from './model';
import type { ModuleFacts } from './moduleFacts';

interface ITopologyCheckerOptions {
  model: TopologyModel;
  client: TopologiesClient;
  facts: ModuleFacts;
  jupyterPath: () => string;
  trans: TranslationBundle;
}

/** Drawing goes on while the service looks; it is asked once the hand rests. */
const REST_MS = 250;

/** Has the service check the document after each change. */
export class TopologyChecker implements IDisposable {
  constructor(private readonly _options: ITopologyCheckerOptions) {
    this._debouncer = new Debouncer(() => this.check(), REST_MS);
    _options.model.documentChanged.connect(this._onDocument, this);
  }

  get changed(): ISignal<TopologyChecker, void> {
    return this._changed;
  }

  /** As the service told of the document as it is; until it has, what can be told by looking at it alone. */
  get problems(): readonly TopologyProblem[] {
    const { facts, model } = this._options;
    // A run is given the consents of this page: what they are for is no problem any more.
    return this._problems.filter(({ rule, node }) => {
      const about = node === undefined ? undefined : model.node(node);
      return !(
        rule === 'module-consent' &&
        about?.kind === 'module' &&
        facts.hasAgreed(about.module)
      );
    });
  }

  /** Whether `problems` are those of the document as it is. */
  get isCurrent(): boolean {
    return this._isCurrent;
  }

  /** Why it could not be checked. */
  get failure(): Problem | null {
    return this._failure;
  }

  get isDisposed(): boolean {
    return this._debouncer.isDisposed;
  }

  of(node: string): TopologyProblem[] {
    return this.problems.filter(problem => problem.node === node);
  }

  start(): void {
    this._problems = this._look();
    void this.check();
  }

  async check(): Promise<void> {
    const { model, client, jupyterPath, trans } = this._options;
    const { document } = model;
    if (!document) {
      return;
    }
    this._asked?.abort();
    const asked = (this._asked = new AbortController());
    try {
      const path = jupyterPath();
      const request = { document, ...(path && { jupyterPath: path }) };
      const { problems, ports } = await client.check(request, asked.signal);
      if (asked.signal.aborted || this.isDisposed) {
        return;
      }
      for (const [id, each] of Object.entries(ports)) {
        const node = document.nodes[id];
        if (node?.kind === 'module') {
          this._options.facts.takePorts(node.module, each);
        }
      }
      this._failure = null;
      if (model.document === document) {
        this._problems = problems;
        this._isCurrent = true;
      }
    } catch (reason) {
      if (asked.signal.aborted || this.isDisposed) {
        return;
      }
      this._failure = asRequestError(reason, trans).problem;
    }
    this._changed.emit();
  }

  dispose(): void {
    this._asked?.abort();
    this._debouncer.dispose();
    this._options.model.documentChanged.disconnect(this._onDocument, this);
    Signal.clearData(this);
  }

  private _onDocument(): void {
    this._isCurrent = false;
    this._problems = this._look();
    this._changed.emit();
    // Rejected when it is disposed meanwhile.
    this._debouncer.invoke().catch(() => undefined);
  }

  private _look(): TopologyProblem[] {
    const { model, facts } = this._options;
    const { document } = model;
    if (!document) {
      return [];
    }
    const entries = Object.entries(document.nodes);
    const ports = entries.map(([id, node]) => [id, facts.portsOf(node)]);
    const unknown = entries.filter(([, node]) => !facts.isKnown(node));
    return checkGraph(
      document,
      Object.fromEntries(ports),
      unknown.map(([id]) => id)
    );
  }

  private readonly _debouncer: Debouncer;
  private readonly _changed = new Signal<TopologyChecker, void>(this);
  private _asked: AbortController | null = null;
  private _problems: TopologyProblem[] = [];
  private _isCurrent = false;
  private _failure: Problem | null = null;
}
