import { Module } from '@jupyterlab-deep/protocol';
import { readModelFolder } from '../catalogue/modelFolder';
import { brokenModule, ModuleReader } from '../catalogue/metadata/readModule';
import {
  ICatalogueEntry,
  IRefreshOptions,
  ISource,
  ISourceReading
} from '../catalogue/source';
import { IKnown } from './known';
import { Received, SHARED } from './received';

/** Fetches a module's files; the folder that has them. */
export type Bring = NonNullable<ICatalogueEntry['bring']>;

/** What was read of cards: hundreds of descriptions take their time. */
const KEPT = 2_000;

/** Colleagues' modules as a source of the catalogue: what is shared is listed, its files come when it is used. */
export class SharedSource implements ISource {
  constructor(
    private readonly _received: Received,
    private readonly _reader: ModuleReader,
    /** By name. */
    private readonly _bring: (name: string) => Bring,
    /** A version of what is here only by its name was ordered elsewhere. */
    private readonly _begun: (name: string, version: string) => void
  ) {}

  readonly id = SHARED;
  readonly title = 'Shared with me';
  readonly kind = 'folder';
  readonly address =
    'Your cloud storages, links that you opened and shared folders';

  async load(): Promise<ISourceReading> {
    try {
      await this._received.open();
      return { entries: await this._entries() };
    } catch (error) {
      const problem = (error as Error).message;
      return { entries: [], failingSince: new Date(), problem };
    }
  }

  async refresh(options: IRefreshOptions): Promise<ISourceReading> {
    await this._received.look(options);
    const { problems } = this._received;
    const isFailing = problems.length > 0;
    this._failingSince = isFailing
      ? (this._failingSince ?? new Date())
      : undefined;
    return {
      entries: await this._entries(),
      updatedAt: new Date(),
      ...(isFailing && {
        failingSince: this._failingSince,
        problem: problems.join(' ')
      })
    };
  }

  private _entries(): Promise<ICatalogueEntry[]> {
    return Promise.all(
      this._received.current().map(shared => this._entryOf(shared))
    );
  }

  private async _entryOf(shared: IKnown): Promise<ICatalogueEntry> {
    const about = this._received.about(shared);
    const { card } = shared;
    const { name } = about;
    const described = await this._described(shared, name);
    const problem = about.problem && { message: about.problem };
    const module: Module = {
      ...described,
      title: card?.title || described.title,
      version: about.version,
      licence: about.licence || described.licence,
      shared: about,
      problems: [...(problem ? [problem] : []), ...described.problems],
      broken: described.broken || about.state !== 'shared'
    };
    if (!card || module.broken) {
      return { module };
    }
    return this._usable(module, shared, name);
  }

  private async _usable(
    module: Module,
    { card, ownerName, placeTitle }: IKnown,
    name: string
  ): Promise<ICatalogueEntry> {
    const { digest, kind, image, version } = card!;
    const bring = this._bring(name);
    if (kind === 'image') {
      return {
        module: { ...module, runtime: 'container', image },
        begun: () => this._begun(name, version)
      };
    }
    if (kind === 'code') {
      const { key } = module.shared!;
      const title = `${ownerName} on ${placeTitle}, signed with the key ${key}`;
      return {
        module: { ...module, runtime: 'python' },
        python: { kind: 'shared', title, digest, bring }
      };
    }
    const folder = this._received.folderOf(name, digest);
    if (!folder) {
      return { module: { ...module, runtime: 'onnx' }, bring };
    }
    return this._present(module, folder);
  }

  /** Its files are here: they say what it takes and gives, and have its examples. */
  private async _present(
    module: Module,
    folder: string
  ): Promise<ICatalogueEntry> {
    const entry = await readModelFolder(this, folder, this._reader);
    const { input, output, examples, sizeBytes, problems, broken } =
      entry.module;
    return {
      ...entry,
      module: {
        ...module,
        runtime: 'onnx',
        ...{ input, output, examples, sizeBytes },
        // Its name here is ours, not its author's.
        problems: problems.filter(({ key }) => key !== 'name'),
        broken
      }
    };
  }

  private async _described(shared: IKnown, name: string): Promise<Module> {
    const about = {
      source: SHARED,
      sourceTitle: this.title,
      name,
      file: 'ai4-metadata.yml'
    };
    const { card, path: at } = shared;
    if (!card) {
      const message = `${at} cannot be used.`;
      return { ...brokenModule(about, { message }), problems: [] };
    }
    const key = `${name} ${card.digest}`;
    const known = this._read.get(key);
    if (known) {
      return known;
    }
    const described = await this._reader.describe(about, {
      value: card.metadata,
      lineOf: () => undefined
    });
    if (this._read.size > KEPT) {
      this._read.clear();
    }
    this._read.set(key, described);
    return described;
  }

  private _failingSince?: Date;
  private readonly _read = new Map<string, Module>();
}
