import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { ModuleReader } from '../metadata/readModule';
import { fingerprintOf, isModuleName, readModelFolder } from '../modelFolder';
import {
  ICatalogueEntry,
  IRefreshOptions,
  ISource,
  ISourceReading
} from '../source';
import { eachInParallel } from './parallel';

/** Reading waits for the disk most of the time, on a network home nearly all of it. */
const AT_ONCE = 16;

/** A folder whose folders are modules, as it was read last. */
interface IListing {
  names: string[];
  problems: string[];
  isLost: boolean;
}

/** Modules that are folders on this machine: each folder in the given ones is a module. */
export class FolderSource implements ISource {
  /**
   * @param _folders Earlier folders win where two have a module of the same name.
   * @param _mayBeAbsent Folders that are made when something is put into them: without them there is nothing, and nothing is wrong.
   */
  constructor(
    readonly id: string,
    readonly title: string,
    private readonly _folders: readonly string[],
    private readonly _reader: ModuleReader,
    private readonly _mayBeAbsent = false
  ) {
    this.address = _folders.join(path.delimiter);
  }

  readonly kind = 'folder';
  readonly address: string;

  load(): Promise<ISourceReading> {
    return this._read();
  }

  refresh(options: IRefreshOptions): Promise<ISourceReading> {
    return this._read(options);
  }

  private async _read(options?: IRefreshOptions): Promise<ISourceReading> {
    const { found, problems, isLost } = await this._find();
    let done = 0;
    const read = new Map<string, ICatalogueEntry>();
    await eachInParallel(
      found.values(),
      AT_ONCE,
      async folder => {
        const entry = await this._readOne(folder, problems);
        if (entry) {
          read.set(folder, entry);
        }
        options?.onProgress(++done, found.size);
      },
      options?.signal
    );
    // Work done side by side ends in any order; people look for theirs where it was.
    const entries = [...found.values()].flatMap(
      folder => read.get(folder) ?? []
    );
    this._failingSince = isLost
      ? (this._failingSince ?? new Date())
      : undefined;
    return {
      entries,
      updatedAt: new Date(),
      failingSince: this._failingSince,
      ...(problems.length > 0 && { problem: problems.join(' ') })
    };
  }

  /** Module folders by the modules' names. */
  private async _find(): Promise<{
    found: Map<string, string>;
    problems: string[];
    isLost: boolean;
  }> {
    const listings = await Promise.all(
      this._folders.map(folder => listFolder(folder, this._mayBeAbsent))
    );
    const found = new Map<string, string>();
    const problems = listings.flatMap(listing => listing.problems);
    listings.forEach(({ names }, index) => {
      for (const name of names) {
        const folder = path.join(this._folders[index], name);
        const first = found.get(name);
        if (first === undefined) {
          found.set(name, folder);
        } else {
          problems.push(`${folder} is hidden by ${first}.`);
        }
      }
    });
    return { found, problems, isLost: listings.some(({ isLost }) => isLost) };
  }

  /** One folder that cannot be read may not hide the others. */
  private async _readOne(
    folder: string,
    problems: string[]
  ): Promise<ICatalogueEntry | undefined> {
    try {
      return (await this._known(folder)) ?? (await this._readAnew(folder));
    } catch (error) {
      problems.push(`${folder} cannot be read: ${(error as Error).message}.`);
      return undefined;
    }
  }

  /** What was read before, if nothing has changed since. */
  private async _known(folder: string): Promise<ICatalogueEntry | undefined> {
    const known = this._last.get(folder);
    const isSame = known && known.print === (await fingerprintOf(known.entry));
    return isSame ? known.entry : undefined;
  }

  private async _readAnew(folder: string): Promise<ICatalogueEntry> {
    const before = await fingerprintOf({ folder });
    const entry = await readModelFolder(this, folder, this._reader);
    const print = await fingerprintOf(entry);
    if (print.startsWith(before)) {
      this._last.set(folder, { entry, print });
    }
    return entry;
  }

  private _failingSince?: Date;
  /** By folder. */
  private readonly _last = new Map<
    string,
    { entry: ICatalogueEntry; print: string }
  >();
}

async function listFolder(
  folder: string,
  mayBeAbsent: boolean
): Promise<IListing> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const names = entries
      .filter(entry => entry.isDirectory() || entry.isSymbolicLink())
      .map(({ name }) => name)
      .filter(name => !/^[._]/.test(name));
    const problems = names
      .filter(name => !isModuleName(name))
      .map(
        name =>
          `The folder ${path.join(folder, name)} is left out: names are made of letters, digits, points, hyphens and underscores.`
      );
    return {
      names: names.filter(isModuleName).sort(),
      problems,
      isLost: false
    };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isFine = mayBeAbsent && code === 'ENOENT';
    const problems = isFine
      ? []
      : [`The folder ${folder} cannot be read: ${message}.`];
    // One that is not there may be made any time; one that cannot be read is a failure that lasts.
    return { names: [], problems, isLost: code !== 'ENOENT' };
  }
}
