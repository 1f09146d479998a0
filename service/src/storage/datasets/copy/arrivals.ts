import type { BigIntStats } from 'node:fs';
import path from 'node:path';
import { ITask } from '../way';
import {
  hashOf,
  IArrived,
  land,
  look,
  NO_TIME,
  partOf,
  settle
} from './landing';
import { IManifestFile, ISame, Manifest, nameOf, parentOf } from './manifest';
import { joined } from './walk';

/** Written down together: one write serves many. */
const COMMIT_FILES = 32;

/** A file that is on the disk for good, beside its place. */
interface ISettled {
  row: IManifestFile;
  arrived: IArrived;
  same: ISame;
}

/**
 * Gives arrived files their names and writes them down: what is going to be, then the names, then what is. So a kill
 * between two of these leaves nothing that looks as if a person had changed it.
 */
export class Arrivals {
  constructor(private readonly _parts: Arrivals.IParts) {}

  async add(
    row: IManifestFile,
    arrived: IArrived,
    etag = row.thereEtag!
  ): Promise<void> {
    await settle(arrived);
    const { bytes, hash } = arrived;
    // Its time is read once it has its name; until then it is known by its sum.
    const same = { path: row.path, etag, bytes, mtimeNs: NO_TIME, hash };
    this._settled.push({ row, arrived, same });
    if (this._settled.length >= COMMIT_FILES) {
      await this.commit();
    }
  }

  /** All that arrived so far has its name and is written down. */
  async commit(): Promise<void> {
    const settled = this._settled;
    this._settled = [];
    if (settled.length === 0) {
      return;
    }
    const { manifest, task } = this._parts;
    manifest.landing(settled.map(({ same }) => same));
    manifest.same(await Promise.all(settled.map(each => this._land(each))));
    this._files += settled.length;
    this._bytes += settled.reduce((sum, { same }) => sum + same.bytes, 0);
    task.tell({ doneFiles: this._files, doneBytes: this._bytes });
  }

  private async _land({ row, arrived, same }: ISettled): Promise<ISame> {
    const { root, manifest, task, overwrites } = this._parts;
    const known = row.etag === null ? undefined : row;
    const { mtimeNs, conflict } = await land(
      path.join(root, row.path),
      arrived,
      {
        before: overwrites ? 'anything' : known,
        isOurs: manifest.hasSent(row.path, arrived.hash)
      }
    );
    if (conflict) {
      const copy = joined(parentOf(row.path), conflict);
      const foundAt = new Date().toISOString();
      manifest.addConflict({ path: row.path, copy, foundAt });
      task.log(
        `${row.path}: changed here and in the cloud; the version of this machine is now ${nameOf(copy)}`
      );
    }
    return { ...same, mtimeNs };
  }

  private _settled: ISettled[] = [];
  private _files = 0;
  private _bytes = 0;
}

export namespace Arrivals {
  export interface IParts {
    manifest: Manifest;
    root: string;
    task: ITask;
    /** Whatever lies here is replaced. */
    overwrites?: boolean;
  }
}

/** Write down what got its name just before a kill. */
export async function takeLandings(
  manifest: Manifest,
  root: string
): Promise<void> {
  const landings = manifest.all<ISame>('SELECT * FROM landings');
  for (const same of landings) {
    const file = path.join(root, same.path);
    const there = await look(file);
    const isIt = there !== undefined && (await isLanded(file, there, same));
    if (isIt) {
      manifest.same([{ ...same, mtimeNs: String(there.mtimeNs) }]);
    } else if (there && !(await look(partOf(file)))) {
      // It got its name and was changed since: what came is a version that this machine has had.
      manifest.sending([same]);
    }
  }
  manifest.run('DELETE FROM landings');
}

const isLanded = async (
  file: string,
  there: BigIntStats,
  { bytes, mtimeNs, hash }: ISame
): Promise<boolean> =>
  there.isFile() &&
  Number(there.size) === bytes &&
  (String(there.mtimeNs) === mtimeNs || (await hashOf(file)) === hash);
