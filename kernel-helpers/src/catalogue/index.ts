import { setTimeout as sleep } from 'node:timers/promises';
import type {
  CatalogueFacets,
  CatalogueListing,
  CatalogueQuery,
  CatalogueSource,
  Capability,
  ModuleCard,
  ModuleDetail
} from '@jupyterlab-deep/protocol';
import { DeepError } from '@jupyterlab-deep/protocol';
import { throwIfCancelled } from '../cancel';
import { service } from '../connection';
import { display } from '../display';
import { shownAs } from '../display/bundle';
import {
  facetsBundle,
  type IModuleList,
  listBundle,
  moduleBundle,
  sourcesBundle
} from './shown';

export type { IModuleList } from './shown';
export type {
  Capability,
  CatalogueFacets,
  CatalogueSource,
  ModuleCard,
  ModuleDetail as CatalogueModule
};

/** What narrows a search: one value of a facet or several; `facets()` lists them. Facets narrow together. */
export interface ISearchFilters extends Omit<CatalogueQuery, 'text' | 'id'> {
  signal?: AbortSignal;
}

interface ICancellable {
  signal?: AbortSignal;
}

/** How many modules a search gives, unless it says otherwise. */
const LIMIT = 100;
const LOOK_EVERY_MS = 200;

const sourcesOf = async (options: ICancellable): Promise<CatalogueSource[]> =>
  (
    await service.json<{ sources: CatalogueSource[] }>(
      '/catalogue/sources',
      options
    )
  ).sources;

/** The modules that can be used. */
export const catalogue = {
  /**
   * Search by words: titles, summaries, tasks, tags, descriptions. Without words, all modules. Shown as a table whose titles open
   * the modules' pages.
   *
   * ```ts
   * await catalogue.search('plants', { capability: 'trainable', limit: 20 });
   * ```
   *
   * @throws DeepError `invalid-request`, `service-unavailable`, `cancelled`.
   */
  async search(
    text = '',
    { signal, ...filters }: ISearchFilters = {}
  ): Promise<IModuleList> {
    const { modules, matching, total, suggestion } =
      await service.json<CatalogueListing>('/catalogue/modules', {
        query: { limit: LIMIT, ...filters, text: text || undefined },
        signal
      });
    const found = [...modules];
    // None of them shall come up when the list is printed.
    Object.defineProperties(found, {
      total: { value: total },
      matching: { value: matching },
      suggestion: { value: suggestion }
    });
    return shownAs(found as IModuleList, listBundle);
  },

  /**
   * One module by its id, `source/name`.
   *
   * @throws DeepError `not-found`.
   */
  async get(id: string, { signal }: ICancellable = {}): Promise<ModuleDetail> {
    return shownAs(
      await service.json<ModuleDetail>(modulePath(id), { signal }),
      moduleBundle
    );
  },

  /** What a search can be narrowed by, with the number of modules of each value; shown as a table. */
  async facets({ signal }: ICancellable = {}): Promise<CatalogueFacets> {
    return shownAs(
      await service.json<CatalogueFacets>('/catalogue/facets', { signal }),
      facetsBundle
    );
  },

  /** Where modules come from, and in which state each source is; shown as a table. */
  async sources({ signal }: ICancellable = {}): Promise<CatalogueSource[]> {
    return shownAs(await sourcesOf({ signal }), sourcesBundle);
  },

  /**
   * Ask the sources anew, all or the one with this id, and wait for the end. A source that cannot be reached keeps what it had, and
   * says so.
   *
   * @throws DeepError `not-found`, `cancelled`.
   */
  async refresh(
    source?: string,
    { signal }: ICancellable = {}
  ): Promise<CatalogueSource[]> {
    const line = display.progress('Reading the catalogues');
    try {
      await service.json('/catalogue/refresh', {
        method: 'POST',
        body: source === undefined ? {} : { source },
        signal
      });
      return shownAs(
        await untilRead(signal, words => line.update(words)),
        sourcesBundle
      );
    } finally {
      line.end('The catalogues were read');
    }
  }
};

async function untilRead(
  signal: AbortSignal | undefined,
  say: (words: string) => void
): Promise<CatalogueSource[]> {
  for (;;) {
    const sources = await sourcesOf({ signal });
    const reading = sources.filter(({ isRefreshing }) => isRefreshing);
    if (reading.length === 0) {
      return sources;
    }
    say(reading.map(progressOf).join(' · '));
    throwIfCancelled(signal);
    await sleep(LOOK_EVERY_MS);
  }
}

const progressOf = ({ title, progress }: CatalogueSource): string =>
  progress
    ? `Reading ${title}: ${progress.done} of ${progress.total}`
    : `Reading ${title}`;

/** The service's route of a module. */
export function modulePath(id: string): string {
  const [source, name, ...rest] = id.split('/');
  if (!source || !name || rest.length > 0) {
    throw new DeepError('invalid-request', `“${id}” is not a module's id.`, {
      hint: "An id looks like builtin/image-classifier; catalogue.search('…') lists them."
    });
  }
  return `/catalogue/modules/${encodeURIComponent(source)}/${encodeURIComponent(name)}`;
}
