import MiniSearch from 'minisearch';
import { Module } from '@jupyterlab-deep/protocol';

/** Longer words may be misspelt in more places; in short ones every letter counts (“ther” is not “other”). */
const FUZZY = 0.2;
const MIN_FUZZY_LENGTH = 5;
const FUZZY_SUGGESTION = 0.4;
const CHUNK = 50;
const FIELDS = [
  'title',
  'name',
  'tags',
  'tasks',
  'summary',
  'dataTypes',
  'libraries',
  'description'
];
const BOOST = { title: 4, name: 3, tags: 2, tasks: 2, summary: 1.5 };

/** Case and accents say nothing: `eclair` finds “Éclair”. */
const normalise = (term: string): string =>
  term.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** Finds modules by words, beginnings of words and slightly wrong words. */
export class ModuleSearch {
  /** Index modules, a few at a time: thousands would hold up every other request. */
  static async over(modules: Module[]): Promise<ModuleSearch> {
    const search = new ModuleSearch();
    await search._index.addAllAsync(modules, { chunkSize: CHUNK });
    return search;
  }

  private constructor() {
    this._index = new MiniSearch<Module>({
      fields: FIELDS,
      storeFields: [],
      processTerm: normalise,
      extractField: (module, field) => {
        const value = module[field as keyof Module];
        return Array.isArray(value) ? value.join(' ') : String(value);
      },
      searchOptions: { boost: BOOST, prefix: true, combineWith: 'AND' }
    });
  }

  /** Identifiers, best first. */
  find(text: string): string[] {
    return this._index
      .search(text, {
        fuzzy: term => (term.length < MIN_FUZZY_LENGTH ? false : FUZZY)
      })
      .map(({ id }) => String(id));
  }

  /** A search that finds something and that the text may have meant. */
  suggest(text: string): string | undefined {
    const [best] = this._index.autoSuggest(text, {
      fuzzy: FUZZY_SUGGESTION,
      combineWith: 'OR'
    });
    return best && best.suggestion !== normalise(text)
      ? best.suggestion
      : undefined;
  }

  private readonly _index: MiniSearch<Module>;
}
