import MiniSearch, { Query, SearchResult } from 'minisearch';
import { Module } from '@jupyterlab-deep/protocol';

/** Longer words may be misspelt in more places; in short ones every letter counts (“ther” is not “other”). */
const FUZZY = 0.2;
const MIN_FUZZY_LENGTH = 5;
const FUZZY_SUGGESTION = 0.4;
/**
 * Fewer letters begin a word of nearly every text: there they are whole words (“ocr”), and beginnings in names alone; a single one is
 * nothing else.
 */
const MIN_PREFIX_LENGTH = 4;
const CHUNK = 50;

/** Characters of all texts together: more cost memory and time that nobody wants to spend on the end of a description. */
const ALL_TEXT = 5_000_000;
const MIN_TEXT = 500;

interface IDocument {
  id: string;
  names: string;
  words: string;
  text: string;
}
const FIELDS = ['names', 'words', 'text'] satisfies (keyof IDocument)[];
const BOOST = { names: 4, words: 2 };

/** Case and accents say nothing: `eclair` finds “Éclair”. */
const normalise = (term: string): string =>
  term.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

const nameIn = (id: string): string => id.slice(id.indexOf('/') + 1);

/** Few fields: each costs every search its time. */
const documentOf = (module: Module, textLength: number): IDocument => ({
  id: module.id,
  names: [module.title, ...module.origins.map(({ id }) => nameIn(id))].join(
    ' '
  ),
  words: [
    ...module.tags,
    ...module.tasks,
    ...module.libraries,
    ...module.dataTypes,
    ...module.examples.map(({ title }) => title)
  ].join(' '),
  text: `${module.summary} ${module.description.slice(0, textLength)}`
});

const tokenize: (text: string) => string[] = MiniSearch.getDefault('tokenize');

function queryOf(term: string, mayBeMisspelt: boolean): Query {
  if (term.length >= MIN_PREFIX_LENGTH) {
    const isFuzzy = mayBeMisspelt && term.length >= MIN_FUZZY_LENGTH;
    return { queries: [term], prefix: true, fuzzy: isFuzzy && FUZZY };
  }
  const inNames = { queries: [term], prefix: true, fields: ['names'] };
  return term.length === 1
    ? inNames
    : { combineWith: 'OR', queries: [inNames, term] };
}

/** Finds modules by words, beginnings of words and slightly wrong words. */
export class ModuleSearch {
  /** Make the index hold exactly these; only what changed is indexed, a few at a time, so that nothing else is held up. */
  async update(modules: readonly Module[]): Promise<void> {
    if (this._current !== modules) {
      this._current = modules;
      this._updating = this._updating.then(() => this._update(modules));
    }
    return this._updating;
  }

  /** Identifiers, best first. Words that nothing has as they are typed may be slightly wrong. */
  find(text: string): string[] {
    const terms = tokenize(text).filter(term => term !== '');
    const asTyped = this._find(terms, false);
    const found = asTyped.length > 0 ? asTyped : this._find(terms, true);
    return found.map(({ id }) => String(id));
  }

  /** A search that finds something and that the text may have meant. */
  suggest(text: string): string | undefined {
    const [best] = this._index.autoSuggest(text, {
      fields: ['names', 'words'],
      prefix: term => term.length >= MIN_PREFIX_LENGTH,
      fuzzy: term => term.length >= MIN_PREFIX_LENGTH && FUZZY_SUGGESTION,
      combineWith: 'OR'
    });
    return best && best.suggestion !== normalise(text)
      ? best.suggestion
      : undefined;
  }

  private _find(terms: string[], mayBeMisspelt: boolean): SearchResult[] {
    const queries = terms.map(term => queryOf(term, mayBeMisspelt));
    return this._index.search({ combineWith: 'AND', queries });
  }

  private async _update(modules: readonly Module[]): Promise<void> {
    const wanted = new Map(modules.map(module => [module.id, module]));
    for (const [id, module] of this._indexed) {
      if (wanted.get(id) !== module) {
        this._index.discard(id);
        this._indexed.delete(id);
      }
    }
    const added = modules.filter(({ id }) => !this._indexed.has(id));
    added.forEach(module => this._indexed.set(module.id, module));
    const textLength = Math.max(MIN_TEXT, ALL_TEXT / modules.length);
    await this._index.addAllAsync(
      added.map(module => documentOf(module, textLength)),
      { chunkSize: CHUNK }
    );
  }

  private readonly _index = new MiniSearch<IDocument>({
    fields: FIELDS,
    storeFields: [],
    processTerm: normalise,
    searchOptions: { boost: BOOST }
  });
  private readonly _indexed = new Map<string, Module>();
  private _current: readonly Module[] = [];
  private _updating: Promise<void> = Promise.resolve();
}
