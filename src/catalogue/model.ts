import type { DeepEvent, Module } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { Debouncer } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';
import { asRequestError, DeepRequestError } from '../service/errors';
import type { IConnection, IDeepService } from '../service/tokens';
import { IKnownListing, ListingCache } from './cache';
import type { CatalogueClient } from './client';
import { Facet, hasFacet, matchesText, narrow } from './facets';

/** Short enough to feel immediate, long enough to leave the middle of a word alone. */
const TYPING_MS = 120;

/** What the panel shows: the list, the search, the facets, and how fresh it is. */
export class CatalogueModel implements IDisposable {
  constructor(options: CatalogueModel.IOptions) {
    this._service = options.service;
    this._client = options.client;
    this._cache = options.cache;
    this._trans = options.trans;
    this._typing = new Debouncer(() => this._load(), TYPING_MS);
    this._service.eventReceived.connect(this._onEvent, this);
    this._service.connectionChanged.connect(this._onConnection, this);
  }

  get changed(): ISignal<CatalogueModel, void> {
    return this._changed;
  }

  /** What matches search and facets; null before anything is known. */
  get modules(): Module[] | null {
    return this._found && narrow(this._found.listing.modules, this._facets);
  }

  /** Modules in all sources. */
  get total(): number {
    return this._found?.listing.total ?? 0;
  }

  /** When the list came from the service. */
  get updatedAt(): Date | null {
    return this._found?.at ?? null;
  }

  /** A search that would have found something. */
  get suggestion(): string | null {
    return this._found?.listing.suggestion ?? null;
  }

  /** What is wrong with sources, for people. */
  get sourceProblems(): string[] {
    const sources = this._found?.listing.sources ?? [];
    return sources.flatMap(({ title, problem }) =>
      problem ? [`${title}: ${problem}`] : []
    );
  }

  get text(): string {
    return this._text;
  }

  get facets(): ReadonlySet<Facet> {
    return this._facets;
  }

  get isRefreshing(): boolean {
    return this._isRefreshing;
  }

  get error(): DeepRequestError | null {
    return this._error;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._typing.dispose();
      Signal.clearData(this);
    }
  }

  /** Show what is remembered, then ask. Only the first call acts. */
  async start(): Promise<void> {
    if (this._isStarted) {
      return;
    }
    this._isStarted = true;
    const loaded = this._load();
    const known = await this._cache.read();
    if (known && !this._found && !this._isDisposed) {
      this._everything = this._found = known;
      this._changed.emit();
    }
    await loaded;
  }

  setText(text: string): void {
    this._text = text;
    this._changed.emit();
    this._typing.invoke().catch(() => undefined);
  }

  toggleFacet(facet: Facet): void {
    const facets = new Set(this._facets);
    if (!facets.delete(facet)) {
      facets.add(facet);
    }
    this._facets = facets;
    this._changed.emit();
  }

  /** Show everything again. */
  clear(): void {
    this._facets = new Set();
    this.setText('');
  }

  /** How many of what was found have the facet. */
  count(facet: Facet): number {
    const modules = this._found?.listing.modules ?? [];
    return modules.filter(module => hasFacet(module, facet)).length;
  }

  /** Have the sources read again. */
  async refresh(): Promise<void> {
    this._isStarted = true;
    try {
      await this._client.refresh();
    } catch (reason) {
      this._end(asRequestError(reason, this._trans));
      return;
    }
    await this._load();
  }

  private async _load(): Promise<void> {
    const turn = ++this._turn;
    const text = this._text.trim();
    this._isRefreshing = true;
    this._changed.emit();
    try {
      const listing = await this._client.list(text);
      // A later search may have been answered before this one.
      if (turn === this._turn && !this._isDisposed) {
        this._take(text, { listing, at: new Date() });
      }
    } catch (reason) {
      if (turn === this._turn && !this._isDisposed) {
        this._searchKnown(text);
        this._end(asRequestError(reason, this._trans));
      }
    }
  }

  private _take(text: string, found: IKnownListing): void {
    this._found = found;
    if (text === '') {
      this._everything = found;
      this._cache.write(found).catch(reason => {
        console.warn('The catalogue could not be remembered.', reason);
      });
    }
    this._end(null);
  }

  /** Without a service: a plain search over the last full listing. The panel says that it is offline. */
  private _searchKnown(text: string): void {
    if (this._everything) {
      const { listing, at } = this._everything;
      const modules = listing.modules.filter(module =>
        matchesText(module, text)
      );
      const suggestion = undefined;
      this._found = { listing: { ...listing, modules, suggestion }, at };
    }
  }

  private _end(error: DeepRequestError | null): void {
    this._error = error;
    this._isRefreshing = false;
    this._changed.emit();
  }

  private _onEvent(_: IDeepService, { event }: DeepEvent): void {
    if (this._isStarted && (event === 'catalogue' || event === 'reset')) {
      void this._load();
    }
  }

  private _onConnection(_: IDeepService, { state }: IConnection): void {
    if (state === 'online' && this._error) {
      void this._load();
    }
  }

  private readonly _service: IDeepService;
  private readonly _client: CatalogueClient;
  private readonly _cache: ListingCache;
  private readonly _trans: TranslationBundle;
  private readonly _typing: Debouncer<void>;
  private readonly _changed = new Signal<CatalogueModel, void>(this);
  private _everything: IKnownListing | null = null;
  private _found: IKnownListing | null = null;
  private _text = '';
  private _facets: ReadonlySet<Facet> = new Set();
  private _error: DeepRequestError | null = null;
  private _isRefreshing = false;
  private _isStarted = false;
  private _isDisposed = false;
  private _turn = 0;
}

export namespace CatalogueModel {
  export interface IOptions {
    service: IDeepService;
    client: CatalogueClient;
    cache: ListingCache;
    trans: TranslationBundle;
  }
}
