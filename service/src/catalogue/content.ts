import {
  CatalogueListing,
  CatalogueQuery,
  Module,
  ModuleCard,
  ModuleDetail
} from '@jupyterlab-deep/protocol';
import { beQuick } from '../memory';
import { FacetTable } from './facets';
import { fitOf, ICatalogueMachine } from './fit';
import type { ModuleSearch } from './search';
import { ICatalogueEntry } from './source';

const DEFAULT_LIMIT = 100;
const KEPT_SEARCHES = 32;
const NO_ROW = -1;

/** A module as it is searched and shown. */
interface IItem {
  entry: ICatalogueEntry;
  card: ModuleCard;
  /** In the table of facets. */
  row: number;
}

type Found = Omit<CatalogueListing, 'sources'>;

const titles = new Intl.Collator('en', { numeric: true });

/** All modules at one time, in the order of their titles. */
export class Content {
  constructor(
    entries: readonly ICatalogueEntry[],
    machine: ICatalogueMachine,
    running: ReadonlySet<string>,
    private readonly _search: () => Promise<ModuleSearch>
  ) {
    const all = entries.map(entry => ({
      entry,
      module: entry.module,
      fit: fitOf(entry.module, machine, running)
    }));
    const described = all.filter(({ entry }) => !entry.isDraft);
    described.sort((a, b) => titles.compare(a.module.title, b.module.title));
    this._facets = new FacetTable(described);
    this._items = described.map(({ entry, fit }, row) => ({
      entry,
      card: cardOf(entry, fit),
      row
    }));
    this._modules = this._items.map(({ entry }) => entry.module);
    for (const item of this._items) {
      const { id, origins } = item.card;
      // Its own id first: another module may have been called the same elsewhere.
      this._byId.set(id, item);
      origins.forEach(origin => this._known(origin.id, item));
    }
    for (const { entry, fit } of all.filter(({ entry }) => entry.isDraft)) {
      const card = cardOf(entry, fit);
      // Found by its id alone: no facet counts it.
      this._byId.set(card.id, { entry, card, row: NO_ROW });
    }
  }

  get size(): number {
    return this._items.length;
  }

  /** By its id in any source. */
  get(id: string): ICatalogueEntry | undefined {
    return this._byId.get(id)?.entry;
  }

  detail(id: string): ModuleDetail | undefined {
    const item = this._byId.get(id);
    return item && { ...item.entry.module, fit: item.card.fit };
  }

  async find(query: CatalogueQuery): Promise<Found> {
    const text = query.text?.trim() ?? '';
    const candidates = await this._candidates(text, query);
    const { fitting, facets } = this._facets.narrow(candidates, query);
    const sorted = this._sorted(fitting, query, text !== '');
    const { offset = 0, limit = DEFAULT_LIMIT } = query;
    const isUnknown = text !== '' && candidates.length === 0;
    return {
      modules: sorted.slice(offset, offset + limit).map(({ card }) => card),
      matching: sorted.length,
      total: this._items.length,
      facets,
      suggestion: isUnknown ? (await this._index()).suggest(text) : undefined
    };
  }

  private async _candidates(
    text: string,
    { id }: CatalogueQuery
  ): Promise<readonly IItem[]> {
    const matching = text ? await this._matching(text) : this._items;
    if (id === undefined) {
      return matching;
    }
    const wanted = new Set([id].flat().map(each => this._byId.get(each)));
    return matching.filter(item => wanted.has(item));
  }

  private _sorted(
    items: readonly IItem[],
    { sort = 'relevance' }: CatalogueQuery,
    isSearch: boolean
  ): readonly IItem[] {
    if (sort === 'updated') {
      return items.toSorted((a, b) => (dateOf(a) < dateOf(b) ? 1 : -1));
    }
    return sort === 'title' && isSearch
      ? items.toSorted((a, b) => titles.compare(a.card.title, b.card.title))
      : items;
  }

  private _known(id: string, item: IItem): void {
    if (!this._byId.has(id)) {
      this._byId.set(id, item);
    }
  }

  /** Whoever turns pages, chooses facets or takes letters back asks for the same text again. */
  private async _matching(text: string): Promise<readonly IItem[]> {
    const found = this._found.get(text) ?? (await this._searchFor(text));
    // Last in the order of a map is what was asked for last.
    this._found.delete(text);
    this._found.set(text, found);
    const [oldest] = this._found.keys();
    if (this._found.size > KEPT_SEARCHES) {
      this._found.delete(oldest);
    }
    return found;
  }

  private async _searchFor(text: string): Promise<IItem[]> {
    beQuick();
    const search = await this._index();
    const found: IItem[] = [];
    for (const id of search.find(text)) {
      const item = this._byId.get(id);
      if (item) {
        found.push(item);
      }
    }
    return found;
  }

  private async _index(): Promise<ModuleSearch> {
    const search = await this._search();
    await search.update(this._modules);
    return search;
  }

  private readonly _facets: FacetTable;
  private readonly _found = new Map<string, readonly IItem[]>();
  private readonly _items: readonly IItem[];
  private readonly _modules: readonly Module[];
  private readonly _byId = new Map<string, IItem>();
}

function cardOf(
  { module }: ICatalogueEntry,
  fit: ModuleCard['fit']
): ModuleCard {
  const { description, citation, examples, links, ...short } = module;
  return { ...short, fit };
}

const dateOf = ({ card }: IItem): string =>
  card.updatedAt ?? card.createdAt ?? '';
