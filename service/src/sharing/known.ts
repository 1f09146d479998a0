import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { plainName } from '@jupyterlab-deep/kernel-helpers/models';
import { SharedState } from '@jupyterlab-deep/protocol';
import { writeAtomically } from '../store/atomicFile';
import { storeFailure } from '../store/diskErrors';
import { SharedManifest } from './sharedManifest';
import { sumOf } from './signing';

const OWNER_LETTERS = 6;

/** What is kept of a version's manifest: all but its files. */
export interface ICard extends Omit<SharedManifest, 'files'> {
  digest: string;
  key: string;
  files: number;
  sizeBytes: number;
}

/** A folder that somebody shares, as it was last seen. */
export interface IKnown {
  /** Id of an account, or the folder on a disk. */
  place: string;
  placeTitle: string;
  /** Below the place's root. */
  path: string;
  /** Of the folder: while it stays, nothing below is another. */
  etag?: string;
  /** Who shares it, as the place vouches for: `ada@cloud.example.org`. Keys are pinned to it. */
  owner: string;
  ownerName: string;
  /** `nothing`: it is no module. */
  state: SharedState | 'nothing';
  problem?: string;
  /** Newest first. */
  versions: string[];
  /** Of the newest that could be read. */
  card?: ICard;
}

interface IKept {
  known: IKnown[];
  /** Keys that are trusted, by owner. */
  pins: Record<string, string[]>;
  /** By name: what was last fetched or copied. */
  used: Record<string, string>;
  /** Folders on disks where is looked. */
  folders: string[];
}

/** The last part of its id in the catalogue: two people may share modules of one name. */
export const nameOfKnown = ({ card, path: at, owner }: IKnown): string =>
  `${card?.name ?? plainName(path.posix.basename(at))}-${sumOf(owner).slice(0, OWNER_LETTERS)}`;

/** What is known of colleagues' modules, on disk so that it is there at once and when nobody answers. */
export class KnownShares {
  constructor(private readonly _file: string) {}

  /** Read what was known. */
  async open(): Promise<void> {
    await (this._opening ??= this._read());
  }

  get all(): readonly IKnown[] {
    return this._kept.known;
  }

  /** Of one place. */
  at(place: string): IKnown[] {
    return this.all.filter(each => each.place === place);
  }

  get folders(): readonly string[] {
    return this._kept.folders;
  }

  find(name: string): IKnown | undefined {
    return this.all.find(
      each => each.state !== 'nothing' && nameOfKnown(each) === name
    );
  }

  usedVersion(name: string): string | undefined {
    return this._kept.used[name];
  }

  keysOf(owner: string): readonly string[] {
    return this._kept.pins[owner] ?? [];
  }

  /** Take a key for that of an owner. */
  async pin(owner: string, key: string): Promise<void> {
    const { pins } = this._kept;
    await this._change({
      pins: { ...pins, [owner]: [...this.keysOf(owner), key] }
    });
  }

  async setUsed(name: string, version: string): Promise<void> {
    await this._change({ used: { ...this._kept.used, [name]: version } });
  }

  async setFolders(folders: readonly string[]): Promise<void> {
    await this._change({ folders: [...folders] });
  }

  /** What a reading of all places has found; keys that were never seen before are pinned. */
  async replace(known: readonly IKnown[]): Promise<void> {
    const pins = { ...this._kept.pins };
    for (const { owner, card } of known) {
      if (card && !pins[owner]) {
        pins[owner] = [card.key];
      }
    }
    const news = { known: [...known], pins };
    const { known: before, pins: pinned } = this._kept;
    if (
      JSON.stringify(news) !== JSON.stringify({ known: before, pins: pinned })
    ) {
      await this._change(news);
    }
  }

  private async _change(change: Partial<IKept>): Promise<void> {
    this._kept = { ...this._kept, ...change };
    const folder = path.dirname(this._file);
    const write = this._last.then(async () => {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await writeAtomically(this._file, JSON.stringify(this._kept));
      } catch (error) {
        throw storeFailure(error, folder);
      }
    });
    this._last = write.catch(() => undefined);
    await write;
  }

  private async _read(): Promise<void> {
    try {
      const kept = JSON.parse(await readFile(this._file, 'utf8')) as IKept;
      this._kept = { ...this._kept, ...kept };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        // Pins that are lost would let another key pass for the first: better nothing is used than that.
        throw new Error(
          `${this._file} cannot be read: ${(error as Error).message}. It holds the keys of colleagues; put a copy of it back, or delete it and compare their keys anew.`,
          { cause: error }
        );
      }
    }
  }

  private _kept: IKept = { known: [], pins: {}, used: {}, folders: [] };
  private _opening?: Promise<void>;
  private _last: Promise<void> = Promise.resolve();
}
