import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  CatalogueSource,
  DeepError,
  SourceRequest,
  SourceSetting
} from '@jupyterlab-deep/protocol';
import { writeAtomically } from '../store/atomicFile';
import { storeFailure } from '../store/diskErrors';
import { ISource } from './source';

/** A source and who wants it. */
export interface IListedSource {
  source: ISource;
  addedBy: CatalogueSource['addedBy'];
  enabled: boolean;
  canSwitch: boolean;
}

/** A setting, and the user's word for an address that is not public. */
export type Setting = SourceSetting & { title: string; allowPrivate?: boolean };

interface IChoices {
  /** By id: what the user switched on or off. */
  enabled: Record<string, boolean>;
  added: Setting[];
}

interface ISourceListParts {
  /** Folder for the user's choices; made at the first write. */
  folder: string;
  defaults: readonly Setting[];
  administrator: {
    sources: readonly SourceSetting[];
    disabled: readonly string[];
    isLocked: boolean;
  };
  /** Always there, always first. */
  folders: readonly ISource[];
  makeSource(setting: Setting): Promise<ISource>;
  /** @throws DeepError `address-private`, `address-refused` */
  checkSource(setting: Omit<Setting, 'id'>): Promise<void>;
}

/** All sources there are: folders, defaults, the administrator's and the user's own. The user's choices lie in a file. */
export class SourceList {
  constructor(private readonly _parts: ISourceListParts) {}

  /** Read the choices and build every source. */
  async open(): Promise<void> {
    this._choices = await this._readChoices();
    const { folders } = this._parts;
    const built = await Promise.all(
      this._settings().map(async ({ setting, addedBy }) =>
        this._listed(await this._parts.makeSource(setting), addedBy)
      )
    );
    this._listedSources = [
      ...folders.map(source => this._listed(source, 'default')),
      ...built
    ];
  }

  get all(): readonly IListedSource[] {
    return this._listedSources;
  }

  /** @throws DeepError `not-found` */
  get(id: string): IListedSource {
    const found = this._listedSources.find(({ source }) => source.id === id);
    if (!found) {
      throw new DeepError('not-found', `There is no source ${id}.`);
    }
    return found;
  }

  /** @throws DeepError `not-found`, `unauthorized` where the administrator decides */
  async switch(id: string, enabled: boolean): Promise<IListedSource> {
    const listed = this.get(id);
    this._refuseLocked();
    this._choices.enabled[id] = enabled;
    await this._write();
    listed.enabled = enabled;
    return listed;
  }

  /**
   * Add one of the user's own.
   *
   * @throws DeepError `unauthorized`, `conflict` when it is there already, and what making it throws
   */
  async add(request: SourceRequest): Promise<IListedSource> {
    this._refuseLocked();
    const same = this._listedSources.find(
      ({ source }) =>
        source.kind === request.kind && source.address === request.address
    );
    if (same) {
      throw new DeepError(
        'conflict',
        `${same.source.title} has this address already.`
      );
    }
    await this._parts.checkSource(request);
    const setting = { ...request, id: this._freeId(request.title) };
    const listed = this._listed(await this._parts.makeSource(setting), 'user');
    this._choices.added.push(setting);
    await this._write();
    this._listedSources = [...this._listedSources, listed];
    return listed;
  }

  /** @throws DeepError `not-found`, `unauthorized` for those that are not the user's */
  async remove(id: string): Promise<void> {
    const { addedBy, source } = this.get(id);
    this._refuseLocked();
    if (addedBy !== 'user') {
      throw new DeepError(
        'unauthorized',
        `${source.title} cannot be removed: it was not added by you.`,
        { hint: 'Switch it off instead.' }
      );
    }
    this._choices.added = this._choices.added.filter(each => each.id !== id);
    delete this._choices.enabled[id];
    await this._write();
    this._listedSources = this._listedSources.filter(
      listed => listed.source.id !== id
    );
  }

  private _listed(
    source: ISource,
    addedBy: IListedSource['addedBy']
  ): IListedSource {
    const { disabled, isLocked } = this._parts.administrator;
    const chosen = isLocked ? undefined : this._choices.enabled[source.id];
    return {
      source,
      addedBy,
      enabled: chosen ?? !disabled.includes(source.id),
      canSwitch: !isLocked
    };
  }

  /** An administrator's source takes the place of a default of the same id. */
  private _settings(): {
    setting: Setting;
    addedBy: IListedSource['addedBy'];
  }[] {
    const { administrator, defaults } = this._parts;
    const own = administrator.sources.map(setting => ({
      setting: { ...setting, title: setting.title ?? setting.id },
      addedBy: 'administrator' as const
    }));
    const replaced = new Set(own.map(({ setting }) => setting.id));
    return [
      ...own,
      ...defaults
        .filter(({ id }) => !replaced.has(id))
        .map(setting => ({ setting, addedBy: 'default' as const })),
      ...(administrator.isLocked ? [] : this._choices.added).map(setting => ({
        setting,
        addedBy: 'user' as const
      }))
    ];
  }

  private _freeId(title: string): string {
    const plain = title
      .normalize('NFD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 30);
    const base = plain || 'catalogue';
    const taken = new Set(this._listedSources.map(({ source }) => source.id));
    // `connected` is the first part of the ids of what runs elsewhere.
    taken.add('connected');
    // `python` that of what a user named.
    taken.add('python');
    for (let n = 1; ; n++) {
      const id = n === 1 ? base : `${base}-${n}`;
      if (!taken.has(id)) {
        return id;
      }
    }
  }

  private _refuseLocked(): void {
    if (this._parts.administrator.isLocked) {
      throw new DeepError(
        'unauthorized',
        'The administrator decides which sources there are.'
      );
    }
  }

  private get _file(): string {
    return path.join(this._parts.folder, 'sources.json');
  }

  private async _readChoices(): Promise<IChoices> {
    try {
      const { enabled, added } = JSON.parse(
        await readFile(this._file, 'utf8')
      ) as Partial<IChoices>;
      return { enabled: enabled ?? {}, added: added ?? [] };
    } catch {
      // None yet, or damaged: the sources themselves are unharmed, and all are shown.
      return { enabled: {}, added: [] };
    }
  }

  private async _write(): Promise<void> {
    try {
      await mkdir(this._parts.folder, { recursive: true, mode: 0o700 });
      await writeAtomically(this._file, JSON.stringify(this._choices));
    } catch (error) {
      throw storeFailure(error, this._parts.folder);
    }
  }

  private _choices: IChoices = { enabled: {}, added: [] };
  private _listedSources: readonly IListedSource[] = [];
}
