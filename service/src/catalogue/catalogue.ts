import type { Logger } from 'pino';
import {
  CatalogueListing,
  CatalogueQuery,
  CatalogueSource,
  DeepError,
  Module
} from '@jupyterlab-deep/protocol';
import { EventStream } from '../http/events';
import { fileWithin } from './examples';
import { ISource } from './folderSource';
import { IFolderModule } from './modelFolder';
import type { ModuleSearch } from './search';

/** How old a listing may be before it is read again behind the reader's back. */
const FRESH_MS = 60_000;

interface IContent {
  modules: Map<string, IFolderModule>;
  listed: Module[];
  sources: CatalogueSource[];
  readAt: number;
  search?: Promise<ModuleSearch>;
}

/** All modules of all sources. Read at first use; what is known is shown at once and read again behind it. */
export class Catalogue {
  constructor(
    private readonly _sources: ISource[],
    private readonly _events: EventStream,
    private readonly _logger: Pick<Logger, 'error'>
  ) {}

  async list(query: CatalogueQuery): Promise<CatalogueListing> {
    const content = await this._current();
    const { modules, suggestion } = await find(content, query.text);
    const { capability, limit } = query;
    const fitting = capability
      ? modules.filter(module => module.capabilities.includes(capability))
      : modules;
    return {
      modules: fitting.slice(0, limit),
      total: content.listed.length,
      sources: content.sources,
      suggestion
    };
  }

  /** @throws DeepError `not-found` */
  async get(id: string): Promise<IFolderModule> {
    const found = (await this._current()).modules.get(id);
    if (!found) {
      throw new DeepError('not-found', `There is no module ${id}.`, {
        hint: 'Look for it in the catalogue; modules may have been removed.'
      });
    }
    return found;
  }

  /** @throws DeepError `not-found`; `module-broken` with every reason. */
  async getUsable(id: string): Promise<IFolderModule> {
    const found = await this.get(id);
    const { broken, problems, title } = found.module;
    if (broken) {
      const reasons = problems.map(({ message }) => message);
      throw new DeepError(
        'module-broken',
        `${title} cannot be used: ${reasons.join(' ')}`,
        { hint: 'Mend its folder, then refresh the catalogue.' }
      );
    }
    return found;
  }

  /**
   * A file of one of a module's examples.
   *
   * @throws DeepError `not-found`
   */
  async exampleFile(
    id: string,
    example: string,
    argument: string
  ): Promise<{ file: string; contentType: string; filename: string }> {
    const { module, folder, exampleFiles } = await this.get(id);
    const named = module.examples.find(({ name }) => name === example);
    const about = named?.files[argument];
    if (!about) {
      throw new DeepError(
        'not-found',
        `${id} has no example ${example} with a file ${argument}.`
      );
    }
    const file = exampleFiles[`${example}/${argument}`];
    return { ...about, file: await fileWithin(folder, file) };
  }

  /** Read every source anew behind the asker; readers learn of it by an event. */
  refreshBehind(): void {
    this._refresh().catch(error =>
      this._logger.error({ err: error }, 'the catalogue could not be read')
    );
  }

  private async _refresh(): Promise<void> {
    this._reading ??= this._read();
    await this._reading;
    this._sources.forEach(({ id }) =>
      this._events.publish({ event: 'catalogue', data: { source: id } })
    );
  }

  private async _current(): Promise<IContent> {
    const known = this._content;
    if (!known) {
      return (this._reading ??= this._read());
    }
    if (Date.now() - known.readAt > FRESH_MS && !this._reading) {
      this.refreshBehind();
    }
    return known;
  }

  private async _read(): Promise<IContent> {
    try {
      const readings = await Promise.all(
        this._sources.map(source => source.read())
      );
      const all = readings.flatMap(({ modules }) => modules);
      this._content = {
        modules: new Map(all.map(entry => [entry.module.id, entry])),
        listed: all
          .map(({ module }) => module)
          .sort((a, b) => a.title.localeCompare(b.title)),
        sources: readings.map(({ source }) => source),
        readAt: Date.now()
      };
      return this._content;
    } finally {
      this._reading = undefined;
    }
  }

  private _content?: IContent;
  private _reading?: Promise<IContent>;
}

async function find(
  content: IContent,
  text?: string
): Promise<{ modules: Module[]; suggestion?: string }> {
  if (!text?.trim()) {
    return { modules: content.listed };
  }
  content.search ??= import('./search').then(({ ModuleSearch }) =>
    ModuleSearch.over(content.listed)
  );
  const search = await content.search;
  const modules = search
    .find(text)
    .flatMap(id => content.modules.get(id)?.module ?? []);
  return modules.length > 0
    ? { modules }
    : { modules, suggestion: search.suggest(text) };
}
