import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeAtomically } from '../../store/atomicFile';
import { storeFailure } from '../../store/diskErrors';
import { Store } from '../../store/store';

/** What is kept of a batch job beside its run. */
export interface IKeptJob {
  /** Of the request: whether another is the same. */
  digest: string;
  options: Record<string, unknown>;
  /** Passwords among the options, sealed; forgotten once the job has begun. */
  sealed?: string;
  /** It may be at its target since then: it is looked for there, and not ordered again. */
  orderedAt?: string;
  /** What it is called at its target. */
  handle?: string;
  /** Its user wants it no longer. */
  isCancelled?: boolean;
}

/** The file in a run's folder, written before anything is done. */
export class JobFile {
  constructor(
    private readonly _store: Store,
    private readonly _run: string
  ) {}

  async read(): Promise<IKeptJob> {
    return JSON.parse(await readFile(this._path, 'utf8'));
  }

  /** @throws DeepError `no-space` */
  async write(kept: IKeptJob): Promise<void> {
    try {
      await writeAtomically(this._path, JSON.stringify(kept));
    } catch (error) {
      throw storeFailure(error, this._store.folder);
    }
  }

  private get _path(): string {
    return path.join(this._store.folderOf('runs', this._run), 'job.json');
  }
}
