import type {
  CatalogueFacets,
  CatalogueSort,
  CatalogueSource,
  DeepEvent,
  FacetName,
  ModuleCard
} from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { Throttler } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';
import { asRequestError, DeepRequestError } from '../service/errors';
import type { IConnection, IDeepService } from '../service/tokens';
import type { IKnownListing, ListingCache } from './cache';
import type { CatalogueClient } from './client';
import type { Favourites } from './favourites';
import {
  isNarrow,
  type ISearch,
  matchesText,
  NO_SEARCH,
  queryOf,
  toggled,
  type View
} from './search';

/** Cards of one request. */
const PAGE = 100;
/** As many are asked for again at most when something changed. */
const MAX_AGAIN = 500;
/** Sources tell of their progress often. */
const EVENTS_MS = 250;

/** What the panel shows: the list, the search, the facets, and how fresh it is. */
export class CatalogueModel implements IDisposable {
  constructor(private readonly _options: CatalogueModel.IOptions) {
    const { service, favourites } = _options;
    // Not waited for: what happens while the list is on its way needs another one.
    this._events = new Throttler<void>(() => void this._load(), {
      limit: EVENTS_MS,
      edge: 'trailing'
    });
    service.eventReceived.connect(this._onEvent, this);
    service.connectionChanged.connect(this._onConnection, this);
    favourites.changed.connect(this._onFavourites, this);
  }

  get changed(): ISignal<CatalogueModel, void> {
    return this._changed;
  }

  /** What matches, as far as it was asked for; null before anything is known. */
  get modules(): readonly ModuleCard[] | null {
    return this._found?.listing.modules ?? null;
  }

  /** How many match. */
  get matching(): number {
    return this._found?.listing.matching ?? 0;
  }

  /** Modules in all sources. */
  get total(): number {
    return this._found?.listing.total ?? 0;
  }

  get facets(): CatalogueFacets | null {
    return this._found?.listing.facets ?? null;
  }

  get sources(): readonly CatalogueSource[] {
    return this._found?.listing.sources ?? [];
  }

  /** A search that would have found something. */
  get suggestion(): string | null {
    return this._found?.listing.suggestion ?? null;
  }

  get search(): ISearch {
    return this._search;
  }

  /** The text that the list belongs to. */
  get shownText(): string {
    return this._shownText;
  }

  get isNarrow(): boolean {
    return isNarrow(this._search);
  }

  /** The panel or a source is being read. */
  get isRefreshing(): boolean {
    return (
      this._isLoading || this.sources.some(({ isRefreshing }) => isRefreshing)
    );
  }

  get error(): DeepRequestError | null {
    return this._error;
  }

  get favourites(): Favourites {
    return this._options.favourites;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._events.dispose();
      this._loading?.abort();
      Signal.clearData(this);
    }
  }

  /** Show what is remembered, then ask. Only the first call acts. */
  async start(): Promise<void> {
    if (this._isStarted) {
      return;
    }
    this._isStarted = true;
    const { cache } = this._options;
    const [known, search] = await Promise.all([
      cache.read(),
      cache.readSearch()
    ]);
    if (search && this._search === NO_SEARCH) {
      this._search = search;
    }
    if (known && !this._found && !this.isNarrow && !this._isDisposed) {
      this._found = this._everything = known;
      this._changed.emit();
    }
    await this._load();
  }

  isChosen(facet: FacetName, value: string): boolean {
    return this._search.facets[facet]?.includes(value) ?? false;
  }

  setText(text: string): void {
    this._setSearch({ ...this._search, text });
  }

  toggleFacet(facet: FacetName, value: string): void {
    this._setSearch(toggled(this._search, facet, value));
  }

  setSort(sort: CatalogueSort): void {
    this._setSearch({ ...this._search, sort });
  }

  setView(view: View): void {
    this._setSearch({ ...this._search, view });
  }

  /** Show everything again. */
  clear(): void {
    this._setSearch({ ...NO_SEARCH, sort: this._search.sort });
  }

  /** Ask for the next cards, where there are more. */
  async more(): Promise<void> {
    const known = this._found;
    const count = known?.listing.modules.length ?? 0;
    if (!known || this._isLoading || count >= known.listing.matching) {
      return;
    }
    await this._ask({ offset: count, limit: PAGE }, listing => ({
      ...listing,
      modules: [...known.listing.modules, ...listing.modules]
    }));
  }

  /** Have the sources read again. */
  async refresh(source?: string): Promise<void> {
    this._isStarted = true;
    await this._order(() => this._options.client.refresh(source));
  }

  async cancelRefresh(): Promise<void> {
    await this._order(() => this._options.client.cancelRefresh());
  }

  private async _order(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (reason) {
      this._end(asRequestError(reason, this._options.trans));
      return;
    }
    await this._load();
  }

  private _setSearch(search: ISearch): void {
    this._search = search;
    this._changed.emit();
    this._options.cache.writeSearch(search).catch(reason => {
      console.warn('The search could not be remembered.', reason);
    });
    void this._load();
  }

  private _load(): Promise<void> {
    const count = this._found?.listing.modules.length ?? 0;
    const isSame = this._shownSearch === this._search;
    const limit = isSame ? Math.min(Math.max(count, PAGE), MAX_AGAIN) : PAGE;
    return this._ask({ limit }, listing => listing);
  }

  /** What is under way is given up: a later question has overtaken it. */
  private async _ask(
    page: { offset?: number; limit: number },
    merge: (listing: IKnownListing['listing']) => IKnownListing['listing']
  ): Promise<void> {
    this._loading?.abort();
    const controller = (this._loading = new AbortController());
    const search = this._search;
    this._isLoading = true;
    this._changed.emit();
    try {
      const query = { ...queryOf(search, this._viewIds()), ...page };
      const { signal } = controller;
      const listing = await this._options.client.list(query, signal);
      if (this._loading === controller && !this._isDisposed) {
        this._take(search, { listing: merge(listing), at: new Date() });
      }
    } catch (reason) {
      if (this._loading === controller && !this._isDisposed) {
        this._searchKnown(search);
        this._end(asRequestError(reason, this._options.trans));
      }
    }
  }

  /** Without a service: a plain search over the beginning of the last full list. The panel says that it is offline. */
  private _searchKnown(search: ISearch): void {
    if (this._everything && search.text.trim() !== '') {
      const { listing, at } = this._everything;
      const modules = listing.modules.filter(module =>
        matchesText(module, search.text.trim())
      );
      const matching = modules.length;
      const suggestion = undefined;
      this._found = {
        listing: { ...listing, modules, matching, suggestion },
        at
      };
      this._shownText = search.text;
    }
  }

  private _viewIds(): readonly string[] | null {
    const { favourites } = this._options;
    const ids = {
      all: null,
      favourites: favourites.ids,
      recent: favourites.recent
    };
    return ids[this._search.view];
  }

  private _take(search: ISearch, found: IKnownListing): void {
    this._found = found;
    this._shownSearch = search;
    this._shownText = search.text;
    if (!isNarrow(search) && search.sort === 'relevance') {
      const modules = found.listing.modules.slice(0, PAGE);
      const listing = { ...found.listing, modules };
      this._everything = { ...found, listing };
      this._options.cache.write({ ...found, listing }).catch(reason => {
        console.warn('The catalogue could not be remembered.', reason);
      });
    }
    this._end(null);
  }

  private _end(error: DeepRequestError | null): void {
    this._error = error;
    this._isLoading = false;
    this._changed.emit();
  }

  private _onEvent(_: IDeepService, { event }: DeepEvent): void {
    if (!this._isStarted) {
      return;
    }
    if (event === 'reset') {
      void this._load();
    } else if (event === 'catalogue') {
      this._events.invoke().catch(() => undefined);
    }
  }

  private _onConnection(_: IDeepService, { state }: IConnection): void {
    if (state === 'online' && this._error) {
      void this._load();
    }
  }

  private _onFavourites(): void {
    if (this._isStarted && this._search.view !== 'all') {
      void this._load();
    }
    this._changed.emit();
  }

  private readonly _events: Throttler<void>;
  private readonly _changed = new Signal<CatalogueModel, void>(this);
  private _found: IKnownListing | null = null;
  private _everything: IKnownListing | null = null;
  private _search: ISearch = NO_SEARCH;
  private _shownSearch: ISearch | null = null;
  private _shownText = '';
  private _error: DeepRequestError | null = null;
  private _loading: AbortController | null = null;
  private _isLoading = false;
  private _isStarted = false;
  private _isDisposed = false;
}

export namespace CatalogueModel {
  export interface IOptions {
    service: IDeepService;
    client: CatalogueClient;
    cache: ListingCache;
    favourites: Favourites;
    trans: TranslationBundle;
  }
}
