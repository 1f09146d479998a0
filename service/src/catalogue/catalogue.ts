import type { Logger } from 'pino';
import {
  CatalogueFacets,
  CatalogueListing,
  CatalogueQuery,
  CatalogueSource,
  DeepError,
  Module,
  ModuleDetail,
  SourceRequest
} from '@jupyterlab-deep/protocol';
import { EventStream } from '../http/events';
import { Content } from './content';
import { fileWithin } from './examples';
import { ICatalogueMachine } from './fit';
import { mergeEntries } from './merge';
import type { ModuleSearch } from './search';
import { ICatalogueEntry } from './source';
import { IListedSource, SourceList } from './sourceList';
import { SourceState } from './sourceState';

/** Modules that run, here or elsewhere. */
export interface IRunning {
  /** Ids of modules with a deployment that is ready. */
  readyModules(): ReadonlySet<string>;
  /** What runs elsewhere and is in no source. */
  connectedModules(): Module[];
  /** Modules that their user named by their origin. */
  addedModules?(): ICatalogueEntry[];
  /** After it, `addedModules` knows them all. */
  opened?: Promise<void>;
}

/** Folders change by hand, and reading them costs little. */
const FOLDER_FRESH_MS = 60_000;

/** All modules of all sources. What is known is shown at once; sources are asked behind the reader's back. */
export class Catalogue {
  constructor(private readonly _parts: Catalogue.IParts) {}

  /** Who knows what runs; before it is named, nothing does. */
  follow(running: IRunning): void {
    this._running = running;
  }

  async list(query: CatalogueQuery): Promise<CatalogueListing> {
    const content = await this._current();
    this._refreshStale();
    return { ...(await content.find(query)), sources: this._describe() };
  }

  async facets(): Promise<CatalogueFacets> {
    return (await (await this._current()).find({ limit: 1 })).facets;
  }

  async sources(): Promise<CatalogueSource[]> {
    await this._opened();
    return this._describe();
  }

  /** @throws DeepError `not-found` */
  async get(id: string): Promise<ICatalogueEntry> {
    return (await this._current()).get(id) ?? refuse(id);
  }

  /** @throws DeepError `not-found` */
  async detail(id: string): Promise<ModuleDetail> {
    return (await this._current()).detail(id) ?? refuse(id);
  }

  /** @throws DeepError `not-found`; `module-broken` with every reason. */
  async getUsable(id: string): Promise<ICatalogueEntry> {
    const found = await this.get(id);
    const { broken, problems, title } = found.module;
    if (broken) {
      const reasons = problems.map(({ message }) => message);
      throw new DeepError(
        'module-broken',
        `${title} cannot be used: ${reasons.join(' ')}`,
        {
          hint: found.folder
            ? 'Mend its folder, then refresh the catalogue.'
            : 'Tell whoever publishes it; its page names the file.'
        }
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
    const file = exampleFiles?.[`${example}/${argument}`];
    if (!about || !folder || !file) {
      throw new DeepError(
        'not-found',
        `${id} has no example ${example} with a file ${argument}.`
      );
    }
    return { ...about, file: await fileWithin(folder, file) };
  }

  /**
   * Ask one source or every one behind the asker; readers learn of it by events.
   *
   * @throws DeepError `not-found`
   */
  async refresh(source?: string): Promise<void> {
    await this._opened();
    if (source !== undefined) {
      this._parts.sources.get(source);
    }
    this._states
      .filter(
        ({ listed }) => source === undefined || listed.source.id === source
      )
      .forEach(state => this._ask(state));
  }

  /** Read a source and wait for it: what came into being before the call is known afterwards. */
  async reread(source: string): Promise<void> {
    await this._opened();
    const read = this._states.filter(
      ({ listed }) => listed.source.id === source
    );
    await Promise.all(read.map(state => state.reread()));
  }

  cancelRefresh(): void {
    this._states.forEach(state => state.cancel());
  }

  /** @throws DeepError `not-found`, `unauthorized` */
  async switchSource(id: string, enabled: boolean): Promise<CatalogueSource> {
    await this._opened();
    await this._parts.sources.switch(id, enabled);
    await this._follow();
    return this._describeOne(id);
  }

  /** @throws DeepError `unauthorized`, `conflict`, `address-private`, `address-refused` */
  async addSource(request: SourceRequest): Promise<CatalogueSource> {
    await this._opened();
    const { source } = await this._parts.sources.add(request);
    await this._follow();
    return this._describeOne(source.id);
  }

  /** @throws DeepError `not-found`, `unauthorized` */
  async removeSource(id: string): Promise<void> {
    await this._opened();
    await this._parts.sources.remove(id);
    await this._follow();
  }

  /** Something began to run, ended, was connected or forgotten. */
  runningChanged(): void {
    this._publish('running');
  }

  private _opened(): Promise<void> {
    return (this._opening ??= this._parts.sources
      .open()
      .then(() => this._follow()));
  }

  /** Have a state for every source that is on, and none for the others. */
  private async _follow(): Promise<void> {
    const wanted = this._parts.sources.all.filter(({ enabled }) => enabled);
    this._states
      .filter(({ listed }) => !wanted.includes(listed))
      .forEach(state => state.cancel());
    this._states = wanted.map(
      listed =>
        this._states.find(state => state.listed === listed) ??
        this._stateOf(listed)
    );
    await Promise.all(this._states.map(state => state.load()));
    this._publish('sources');
  }

  private _stateOf(listed: IListedSource): SourceState {
    const { kind, id } = listed.source;
    const freshMs = kind === 'folder' ? FOLDER_FRESH_MS : this._parts.freshMs;
    return new SourceState(listed, freshMs, () => this._publish(id));
  }

  private _refreshStale(): void {
    this._states
      .filter(state => state.isStale)
      .forEach(state => this._ask(state));
  }

  private _ask(state: SourceState): void {
    state
      .refresh()
      .catch(error =>
        this._parts.logger.error({ err: error }, 'a source could not be read')
      );
  }

  private async _current(): Promise<Content> {
    await this._opened();
    const machine = await this._parts.machine();
    const ready = this._running?.readyModules() ?? new Set<string>();
    const connected = this._running?.connectedModules() ?? [];
    await this._running?.opened;
    const added = this._running?.addedModules?.() ?? [];
    const made = [
      ...this._states.map(({ reading }) => reading),
      JSON.stringify([connected, added, [...ready].sort()]),
      Math.floor(machine.diskFreeBytes / DISK_STEP_BYTES)
    ];
    if (!sameItems(made, this._madeOf)) {
      this._content = new Content(
        [...connected.map(module => ({ module })), ...added, ...this._merged()],
        machine,
        ready,
        () => this._searching()
      );
      this._madeOf = made;
    }
    return this._content!;
  }

  private _merged(): ICatalogueEntry[] {
    return mergeEntries(
      this._states.map(({ listed, entries }) => ({
        kind: listed.source.kind,
        entries
      }))
    );
  }

  /** Made at the first search: most visits look without searching. */
  private _searching(): Promise<ModuleSearch> {
    return (this._search ??= import('./search').then(
      ({ ModuleSearch }) => new ModuleSearch()
    ));
  }

  private _describe(): CatalogueSource[] {
    return this._parts.sources.all.map(({ source }) =>
      this._describeOne(source.id)
    );
  }

  private _describeOne(id: string): CatalogueSource {
    const listed = this._parts.sources.get(id);
    const state = this._states.find(each => each.listed === listed);
    return state?.describe() ?? describeOff(listed);
  }

  private _publish(source: string): void {
    this._parts.events.publish({ event: 'catalogue', data: { source } });
  }

  private _states: SourceState[] = [];
  private _opening?: Promise<void>;
  private _running?: IRunning;
  private _content?: Content;
  private _search?: Promise<ModuleSearch>;
  private _madeOf: unknown[] = [];
}

export namespace Catalogue {
  export interface IParts {
    sources: SourceList;
    events: EventStream;
    logger: Pick<Logger, 'error'>;
    machine(): Promise<ICatalogueMachine>;
    /** How old what a remote source said may be. */
    freshMs: number;
  }
}

/** Space comes and goes all the time; this much more or less of it is looked at anew. */
const DISK_STEP_BYTES = 1e9;

const sameItems = (a: unknown[], b: unknown[]): boolean =>
  a.length === b.length && a.every((item, index) => item === b[index]);

function refuse(id: string): never {
  throw new DeepError('not-found', `There is no module ${id}.`, {
    hint: 'Look for it in the catalogue; modules may have been removed.'
  });
}

const describeOff = ({
  source,
  addedBy,
  canSwitch
}: IListedSource): CatalogueSource => ({
  id: source.id,
  title: source.title,
  kind: source.kind,
  address: source.address,
  enabled: false,
  addedBy,
  canSwitch,
  modules: 0,
  broken: 0,
  isRefreshing: false
});
