import path from 'node:path';
import type { Logger } from 'pino';
import { Module, SourceKind, SourceSetting } from '@jupyterlab-deep/protocol';
import { brokenModule, ModuleReader } from '../metadata/readModule';
import { REQUESTS_AT_ONCE } from '../remote/agents';
import { RemoteFailure } from '../remote/failure';
import { Remote } from '../remote/remote';
import {
  ICatalogueEntry,
  IRefreshOptions,
  ISource,
  ISourceReading
} from '../source';
import {
  CatalogueFile,
  IKept,
  IKeptIndex,
  IKeptModule,
  withoutFile
} from './catalogueFile';
import { ICandidate, IListedModule, IListing, some } from './listing';
import { ModuleFiles } from './moduleFiles';
import { eachInParallel } from './parallel';

const MAX_INDEX_BYTES = 8_000_000;
/** After so many without an answer nobody is there any more. */
const MAX_SILENCES = REQUESTS_AT_ONCE;

/** What one kind of catalogue does its own way. */
export interface IAdapter {
  readonly kind: SourceKind;
  /** `Accept` of all its requests. */
  readonly accept: string;
  /** What its indexes are written in. */
  readonly expects: string;
  /** Addresses of its indexes. Of the first nothing may be missing; a module that two have is the first one's. */
  readonly indexes: readonly string[];
  /**
   * The modules that an index names.
   *
   * @throws Error in words when it is no index
   */
  list(bytes: Buffer, index: number): Promise<IListing>;
  /** What a file says of a module. */
  read(
    about: Parameters<ModuleReader['read']>[0],
    bytes: Buffer,
    index: number
  ): Promise<Module>;
}

export interface IRemoteSourceParts {
  setting: SourceSetting & { title: string; allowPrivate?: boolean };
  remote: Remote;
  cacheFolder: string;
  logger: Pick<Logger, 'warn'>;
}

const NOTHING: IKept = { indexes: [], modules: new Map() };

/** What is known of an index, and why it is not what it has now. */
interface IAskedIndex {
  kept?: IKeptIndex;
  failure?: string;
}

/** A module and the index that names it. */
interface IWanted extends IListedModule {
  index: number;
}

/** Modules from elsewhere: an index, and a file for each. What was read is kept on disk, and asked for again only if it has changed. */
export class RemoteSource implements ISource {
  constructor(
    private readonly _adapter: IAdapter,
    private readonly _parts: IRemoteSourceParts
  ) {
    const { id, title, address } = _parts.setting;
    const { allowPrivate, ...identity } = _parts.setting;
    this.id = id;
    this.title = title;
    this.address = address;
    this.kind = _adapter.kind;
    this._file = new CatalogueFile(
      path.join(_parts.cacheFolder, `${id}.jsonl`),
      JSON.stringify(identity)
    );
    this._files = new ModuleFiles(_adapter, _parts.remote);
  }

  readonly id: string;
  readonly title: string;
  readonly kind: SourceKind;
  readonly address: string;

  async load(): Promise<ISourceReading> {
    await (this._loading ??= this._load());
    return this._reading();
  }

  async refresh(options: IRefreshOptions): Promise<ISourceReading> {
    await this.load();
    options.signal.throwIfAborted();
    const asked = await Promise.all(
      this._adapter.indexes.map((url, index) =>
        this._askIndex(url, index, options.signal)
      )
    );
    const [main] = asked;
    if (main.failure) {
      return this._keep({
        ...this._kept,
        failingSince: this._kept.failingSince ?? Date.now(),
        problem: main.failure
      });
    }
    return this._readAll(asked, options);
  }

  private async _load(): Promise<void> {
    try {
      this._kept = (await this._file.read()) ?? NOTHING;
    } catch (error) {
      // It holds nothing that the next refresh does not bring back.
      this._parts.logger.warn(
        { err: error, source: this.id },
        'what was kept of a catalogue is damaged, and is read anew'
      );
    }
  }

  private async _askIndex(
    url: string,
    index: number,
    signal: AbortSignal
  ): Promise<IAskedIndex> {
    const kept = this._kept.indexes.find(each => each.url === url);
    try {
      const answer = await this._parts.remote.get(url, {
        accept: this._adapter.accept,
        expects: this._adapter.expects,
        maxBytes: MAX_INDEX_BYTES,
        validators: kept?.validators,
        signal
      });
      if (answer.state === 'missing') {
        return { kept, failure: `There is no index at ${url}.` };
      }
      const { validators } = answer;
      return answer.state === 'unchanged' && kept
        ? { kept: { ...kept, validators } }
        : { kept: await this._newIndex(url, index, answer) };
    } catch (error) {
      signal.throwIfAborted();
      return { kept, failure: (error as Error).message };
    }
  }

  private async _newIndex(
    url: string,
    index: number,
    answer: Awaited<ReturnType<Remote['get']>>
  ): Promise<IKeptIndex> {
    if (answer.state !== 'content') {
      throw new RemoteFailure(`There is no index at ${url}.`);
    }
    const { bytes, validators } = answer;
    return { url, validators, listing: await this._adapter.list(bytes, index) };
  }

  private async _readAll(
    asked: IAskedIndex[],
    options: IRefreshOptions
  ): Promise<ISourceReading> {
    const wanted = allOf(asked.map(({ kept }) => kept?.listing));
    const { modules, failures } = await this._readModules(wanted, options);
    return this._keep({
      updatedAt: Date.now(),
      problem: problemOf(asked, failures),
      indexes: asked.flatMap(({ kept }) => kept ?? []),
      // Work done side by side ends in any order; the index has one.
      modules: new Map(wanted.map(({ name }) => [name, modules.get(name)!]))
    });
  }

  /** Every one of them: as it is now, as it was, or broken with the reason. */
  private async _readModules(
    wanted: IWanted[],
    { signal, onProgress }: IRefreshOptions
  ): Promise<{ modules: IKept['modules']; failures: Map<string, string> }> {
    const modules: IKept['modules'] = new Map();
    const failures = new Map<string, string>();
    let silences = 0;
    const read = async (each: IWanted): Promise<IKeptModule> => {
      const before = this._kept.modules.get(each.name);
      const about = this._about(each.name, each.candidates[0]);
      try {
        refuseSilence(silences);
        const kept = await this._files.read({ ...each, about, before, signal });
        silences = 0;
        return kept;
      } catch (error) {
        signal.throwIfAborted();
        const { message, isSilence } = error as RemoteFailure;
        silences = isSilence ? silences + 1 : 0;
        failures.set(each.name, message);
        return before ?? unread(about, message);
      }
    };
    const work = async (each: IWanted): Promise<void> => {
      modules.set(each.name, await read(each));
      onProgress(modules.size, wanted.length);
    };
    await eachInParallel(wanted, REQUESTS_AT_ONCE, work, signal);
    return { modules, failures };
  }

  private _about(name: string, first?: ICandidate): IAbout {
    const { id, title } = this;
    const { url, file = '' } = first ?? {};
    return { source: id, sourceTitle: title, name, url, file };
  }

  /** What cannot be written is known all the same, until this process ends. */
  private async _keep(kept: IKept): Promise<ISourceReading> {
    this._kept = kept;
    try {
      await this._file.write(kept);
    } catch (error) {
      this._parts.logger.warn(
        { err: error, source: this.id },
        'a catalogue could not be kept on disk'
      );
    }
    return this._reading();
  }

  private _reading(): ISourceReading {
    const { updatedAt, failingSince, problem, modules } = this._kept;
    return {
      entries: Array.from(modules.values(), toEntry),
      ...(updatedAt && { updatedAt: new Date(updatedAt) }),
      ...(failingSince && { failingSince: new Date(failingSince) }),
      ...(problem && { problem })
    };
  }

  private readonly _file: CatalogueFile;
  private readonly _files: ModuleFiles;
  private _kept: IKept = NOTHING;
  private _loading?: Promise<void>;
}

type IAbout = Parameters<ModuleReader['read']>[0];

const toEntry = ({ module }: { module: Module }): ICatalogueEntry => ({
  module
});

function refuseSilence(silences: number): void {
  if (silences >= MAX_SILENCES) {
    throw new RemoteFailure('It was not asked for: nobody answered before.', {
      isSilence: true
    });
  }
}

function allOf(listings: (IListing | undefined)[]): IWanted[] {
  const all = new Map<string, IWanted>();
  listings.forEach((listing, index) =>
    listing?.modules
      .filter(({ name }) => !all.has(name))
      .forEach(module => all.set(module.name, { ...module, index }))
  );
  return [...all.values()];
}

/** A module that was never read. Without validators it is asked for anew. */
const unread = (about: IAbout, why: string): IKeptModule =>
  withoutFile(brokenModule(about, { message: `It could not be read: ${why}` }));

function problemOf(
  asked: IAskedIndex[],
  failures: Map<string, string>
): string | undefined {
  const sentences = asked.flatMap(({ kept, failure }) => [
    ...(failure ? [failure] : []),
    ...(kept?.listing.problems ?? [])
  ]);
  if (failures.size > 0) {
    const [why] = failures.values();
    sentences.push(
      `${some([...failures.keys()])} could not be read now: ${why}`
    );
  }
  return sentences.length > 0 ? sentences.join(' ') : undefined;
}
