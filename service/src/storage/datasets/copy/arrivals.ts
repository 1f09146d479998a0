import path from 'node:path';
import { ITask } from '../way';
import { IArrived, land } from './landing';
import { IManifestFile, ISame, Manifest, nameOf, parentOf } from './manifest';
import { joined } from './walk';

/** Written down together: one write serves many. */
const COMMIT_FILES = 64;

/** Gives arrived files their names and writes them down. */
export class Arrivals {
  constructor(private readonly _parts: Arrivals.IParts) {}

  async add(
    row: IManifestFile,
    arrived: IArrived,
    etag = row.thereEtag!
  ): Promise<void> {
    const { root, manifest, task, overwrites } = this._parts;
    const known = row.etag === null ? undefined : row;
    const before = overwrites ? 'anything' : known;
    const file = path.join(root, row.path);
    const { mtimeNs, conflict } = await land(file, arrived, before);
    if (conflict) {
      const copy = joined(parentOf(row.path), conflict);
      const foundAt = new Date().toISOString();
      manifest.addConflict({ path: row.path, copy, foundAt });
      task.log(
        `${row.path}: changed here and in the cloud; the version of this machine is now ${nameOf(copy)}`
      );
    }
    const { bytes, hash } = arrived;
    this._same.push({ path: row.path, etag, bytes, mtimeNs, hash });
    this._files += 1;
    this._bytes += bytes;
    if (this._same.length >= COMMIT_FILES) {
      this.commit();
    }
    task.tell({ doneFiles: this._files, doneBytes: this._bytes });
  }

  commit(): void {
    const same = this._same;
    this._same = [];
    this._parts.manifest.same(same);
  }

  private _same: ISame[] = [];
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
