import { CatalogueSource, DeepError } from '@jupyterlab-deep/protocol';
import { beQuick } from '../memory';
import { IListedSource } from './sourceList';
import { ICatalogueEntry, ISourceReading } from './source';

/** A source that failed is not asked again at every look. */
const RETRY_MS = 5 * 60_000;
/** So often people see progress move. */
const TELL_EVERY_MS = 250;

/** One source: what it has, whether it is being read, and how that went. */
export class SourceState {
  /**
   * @param freshMs How old its content may be before it is asked again.
   * @param onChange Called when its state or content changed.
   */
  constructor(
    readonly listed: IListedSource,
    private readonly _freshMs: number,
    private readonly _onChange: () => void
  ) {}

  get entries(): readonly ICatalogueEntry[] {
    return this._reading.entries;
  }

  /** Changes with every reading. */
  get reading(): ISourceReading {
    return this._reading;
  }

  get isStale(): boolean {
    const { updatedAt } = this._reading;
    const age = Date.now() - (updatedAt?.getTime() ?? 0);
    return age > this._freshMs && Date.now() - this._askedAt > this._retryMs;
  }

  /** What is known without asking. */
  load(): Promise<void> {
    return (this._loading ??= this.listed.source
      .load()
      .then(reading => void (this._reading = reading)));
  }

  /** Ask; who comes while it is being asked waits for the same answer. Never fails. */
  refresh(): Promise<void> {
    return (this._refreshing ??= this._refresh().finally(() => {
      this._refreshing = undefined;
      this._progress = undefined;
      this._onChange();
    }));
  }

  /** Ask anew: a reading that goes on already may have begun before what is looked for was there. Never fails. */
  async reread(): Promise<void> {
    await this._refreshing;
    await this.refresh();
  }

  cancel(): void {
    this._controller?.abort(
      new DeepError('cancelled', 'The reading of the catalogue was cancelled.')
    );
  }

  describe(): CatalogueSource {
    const { source, addedBy, canSwitch } = this.listed;
    const { entries, updatedAt, failingSince, problem } = this._reading;
    return {
      id: source.id,
      title: source.title,
      kind: source.kind,
      address: source.address,
      enabled: true,
      addedBy,
      canSwitch,
      modules: entries.length,
      broken: this._brokenOf(this._reading),
      isRefreshing: this._refreshing !== undefined,
      progress: this._progress,
      updatedAt: updatedAt?.toISOString(),
      failingSince: failingSince?.toISOString(),
      problem
    };
  }

  private async _refresh(): Promise<void> {
    beQuick();
    await this.load();
    this._askedAt = Date.now();
    const { signal } = (this._controller = new AbortController());
    try {
      this._reading = await this.listed.source.refresh({
        signal,
        onProgress: (done, total) => this._tell(done, total)
      });
    } catch (error) {
      // What was known stays; a person who stopped it knows why.
      if (!signal.aborted) {
        const problem = `It could not be read: ${(error as Error).message}`;
        const failingSince = this._reading.failingSince ?? new Date();
        this._reading = { ...this._reading, problem, failingSince };
      }
    }
  }

  /** Counted once a reading: the state is told with every answer. */
  private _brokenOf(reading: ISourceReading): number {
    if (reading !== this._counted) {
      this._counted = reading;
      this._broken = reading.entries.filter(
        ({ module }) => module.broken
      ).length;
    }
    return this._broken;
  }

  private _tell(done: number, total: number): void {
    this._progress = { done, total };
    const now = performance.now();
    if (now - this._toldAt > TELL_EVERY_MS) {
      this._toldAt = now;
      this._onChange();
    }
  }

  /** A source that never failed may be asked as soon as it is old. */
  private get _retryMs(): number {
    return this._reading.failingSince ? RETRY_MS : 0;
  }

  private _reading: ISourceReading = { entries: [] };
  private _counted?: ISourceReading;
  private _broken = 0;
  private _askedAt = 0;
  private _toldAt = 0;
  private _progress?: { done: number; total: number };
  private _loading?: Promise<void>;
  private _refreshing?: Promise<void>;
  private _controller?: AbortController;
}
