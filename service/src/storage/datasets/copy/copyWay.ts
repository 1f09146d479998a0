import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { DatasetRemoval, DeepError } from '@jupyterlab-deep/protocol';
import { Store } from '../../../store/store';
import type { IRemoteFiles, IRemotes } from '../../remoteFiles';
import {
  IDatasetPlace,
  IDatasetSight,
  IDatasetWay,
  ITask,
  IWayOffer
} from '../way';
import { takeLandings } from './arrivals';
import { inWords, look } from './landing';
import { Manifest, WANTED } from './manifest';
import { Pull } from './pull';
import { Push } from './push';
import { IScan, scan } from './scan';
import { Selection } from './selection';
import { isFresh, walk } from './walk';

const FILE = 'manifest.sqlite';
/** Rounds of a push while files go on changing. */
const ROUNDS = 4;
/** A scan for the eyes only is not begun sooner after the last than so many times what it took. */
const SCAN_REST = 20;
const SCAN_REST_MS = 2_000;
const ROWS_AT_ONCE = 500;

/** Changed in the cloud and here. */
const CHANGED_HERE = 'path IN (SELECT path FROM changes)';

/** Datasets as folders of this machine that are brought in step with the cloud. */
export class CopyWay implements IDatasetWay {
  constructor(private readonly _parts: CopyWay.IParts) {}

  readonly way = 'copy';

  async offer(place: IDatasetPlace): Promise<IWayOffer> {
    try {
      await mkdir(place.path, { recursive: true });
      return { isPossible: true, why: 'A copy works on every machine.' };
    } catch (error) {
      const why = `No folder can be made at ${place.path}: ${(error as Error).message}.`;
      return { isPossible: false, why };
    }
  }

  async prepare(place: IDatasetPlace, task: ITask): Promise<void> {
    await mkdir(place.path, { recursive: true }).catch(inWords);
    await this.refresh(place, task);
  }

  async adopt(): Promise<void> {
    // What lies in the folder and its manifest is all there is.
  }

  async sight(place: IDatasetPlace, isExact = false): Promise<IDatasetSight> {
    const copy = await this._copy(place);
    await (isExact
      ? this._scan(place, copy, {}).catch(unlessAway)
      : this._scanForEyes(place, copy));
    const { here, there, waiting, conflicts } = copy.manifest;
    return { here, there, waiting, conflicts };
  }

  async refresh(place: IDatasetPlace, task: ITask): Promise<void> {
    await this._atWork(place, copy => this._refresh(place, copy, task));
  }

  async push(place: IDatasetPlace, task: ITask): Promise<void> {
    await this._atWork(place, copy => this._push(place, copy, task));
  }

  async fetch(
    place: IDatasetPlace,
    pattern: string,
    task: ITask
  ): Promise<void> {
    await this._atWork(place, async copy => {
      const known = copy.manifest.about<string[]>('patterns') ?? [];
      copy.manifest.note('patterns', [...new Set([...known, pattern])]);
      await this._select(copy.manifest, new Selection([pattern]));
      await this._walk(place, copy, task);
      await this._pull(place, copy, task);
    });
  }

  async isStale(place: IDatasetPlace, signal: AbortSignal): Promise<boolean> {
    const { manifest } = await this._copy(place);
    const remote = this._remote(place);
    return (
      manifest.wanted.files > 0 ||
      !(await isFresh(manifest, remote, place.remotePath, signal))
    );
  }

  async remove(place: IDatasetPlace, removal: DatasetRemoval): Promise<void> {
    const copy = this._copies.get(place.id);
    this._copies.delete(place.id);
    copy?.manifest.close();
    if (!removal.keepFiles) {
      await rm(place.path, { recursive: true, force: true });
    }
    await this._parts.store.removeFolder('datasets', place.id);
  }

  async close(): Promise<void> {
    await Promise.allSettled(
      [...this._copies.values()].map(({ scanning }) => scanning)
    );
    this._copies.forEach(({ manifest }) => manifest.close());
    this._copies.clear();
  }

  private async _atWork(
    place: IDatasetPlace,
    work: (copy: ICopy) => Promise<void>
  ): Promise<void> {
    const copy = await this._copy(place);
    copy.isAtWork = true;
    try {
      await work(copy);
    } finally {
      copy.isAtWork = false;
    }
  }

  private async _refresh(
    place: IDatasetPlace,
    copy: ICopy,
    task: ITask
  ): Promise<void> {
    await this._scan(place, copy, { cleans: true, signal: task.signal });
    await this._walk(place, copy, task);
    await this._pull(place, copy, task);
    await this._scan(place, copy, {});
  }

  private async _push(
    place: IDatasetPlace,
    copy: ICopy,
    task: ITask
  ): Promise<void> {
    const parts = this._work(place, copy, task);
    const push = new Push(parts);
    const told = new Set<string>();
    const onSkipped = (at: string, reason: string): void => {
      if (!told.has(at)) {
        told.add(at);
        task.log(`${at}: left out, as ${reason}`);
      }
    };
    let isAgain = true;
    for (let round = 0; isAgain && round < ROUNDS; round++) {
      const { signal } = task;
      task.tell({ phase: 'Looking for changes' });
      await this._scan(place, copy, { cleans: round === 0, signal, onSkipped });
      await this._walk(place, copy, task);
      await this._settleConflicts(place, copy, task, onSkipped);
      task.tell({ phase: 'Sending' });
      isAgain = await push.run();
    }
    await this._scan(place, copy, {});
    await this._walk(place, copy, task);
  }

  /** Files that changed here and there: the cloud's version gets the name now, so that this machine's can go beside it. */
  private async _settleConflicts(
    place: IDatasetPlace,
    copy: ICopy,
    task: ITask,
    onSkipped: IScan['onSkipped']
  ): Promise<void> {
    const { manifest } = copy;
    // Of a pattern's dataset: a file was made here that lies in the cloud unfetched.
    manifest.run(
      `UPDATE files SET isSelected = 1 WHERE isSelected = 0 AND ${CHANGED_HERE}`
    );
    const both = manifest.all(
      `SELECT 1 FROM files WHERE ${WANTED} AND ${CHANGED_HERE} LIMIT 1`
    );
    const gone = manifest.all(
      `SELECT 1 FROM files WHERE thereEtag IS NULL AND etag IS NOT NULL AND ${CHANGED_HERE} LIMIT 1`
    );
    if (both.length + gone.length > 0) {
      const pull = new Pull(this._work(place, copy, task));
      await pull.run(CHANGED_HERE);
      await pull.removeGone();
      await this._scan(place, copy, { onSkipped });
    }
  }

  private async _walk(
    { remotePath, pattern, ...place }: IDatasetPlace,
    { manifest }: ICopy,
    task: ITask
  ): Promise<void> {
    let files = 0;
    task.tell({ phase: 'Looking for changes' });
    const patterns = pattern ? [pattern] : [];
    const more = manifest.about<string[]>('patterns') ?? [];
    await walk({
      manifest,
      remote: this._parts.remotes.files(place.account),
      remotePath,
      selection: new Selection(pattern ? [...patterns, ...more] : []),
      signal: task.signal,
      onSkipped: (at, reason) => task.log(`${at}: left out, as ${reason}`),
      onListed: count => {
        files += count;
        task.tell({ phase: `Listing files: ${files} so far` });
      }
    });
  }

  private async _pull(
    place: IDatasetPlace,
    copy: ICopy,
    task: ITask
  ): Promise<void> {
    const pull = new Pull(this._work(place, copy, task));
    task.tell({ phase: 'Fetching' });
    await pull.run();
    await pull.removeGone();
  }

  private async _select(
    manifest: Manifest,
    selection: Selection
  ): Promise<void> {
    let last = '';
    for (;;) {
      const rows = manifest.all<{ path: string }>(
        `SELECT path FROM files WHERE path > ? AND isSelected = 0 ORDER BY path LIMIT ${ROWS_AT_ONCE}`,
        last
      );
      if (rows.length === 0) {
        return;
      }
      last = rows[rows.length - 1].path;
      manifest.transact(() => {
        for (const { path: at } of rows.filter(each =>
          selection.has(each.path)
        )) {
          manifest.run('UPDATE files SET isSelected = 1 WHERE path = ?', at);
        }
      });
      await breathe();
    }
  }

  private async _scan(
    place: IDatasetPlace,
    copy: ICopy,
    options: Partial<IScan>
  ): Promise<void> {
    await copy.scanning?.catch(() => undefined);
    const since = performance.now();
    if (options.cleans) {
      await takeLandings(copy.manifest, place.path);
    }
    copy.scanning = scan({
      ...options,
      manifest: copy.manifest,
      root: place.path
    });
    try {
      await copy.scanning;
      await forgetSettled(copy.manifest, place.path);
    } finally {
      copy.scanning = undefined;
      const tookMs = performance.now() - since;
      copy.restUntil =
        performance.now() + Math.max(SCAN_REST_MS, tookMs * SCAN_REST);
    }
  }

  private async _scanForEyes(place: IDatasetPlace, copy: ICopy): Promise<void> {
    // While files come or go, what waits is known from the scan before.
    if (
      !copy.isAtWork &&
      !copy.scanning &&
      performance.now() > copy.restUntil
    ) {
      await this._scan(place, copy, {});
    }
  }

  private _work(
    { account, path: root, remotePath }: IDatasetPlace,
    { manifest }: ICopy,
    task: ITask
  ): ConstructorParameters<typeof Pull>[0] {
    const remote = this._parts.remotes.files(account);
    return { manifest, remote, remotePath, root, task };
  }

  private _remote({ account }: IDatasetPlace): IRemoteFiles {
    return this._parts.remotes.files(account);
  }

  private async _copy({ id }: IDatasetPlace): Promise<ICopy> {
    const known = this._copies.get(id);
    if (known) {
      return known;
    }
    const folder = await this._parts.store.makeFolder('datasets', id);
    // Somebody else may have opened it meanwhile.
    const copy = this._copies.get(id) ?? {
      manifest: new Manifest(path.join(folder, FILE)),
      isAtWork: false,
      restUntil: 0
    };
    this._copies.set(id, copy);
    return copy;
  }

  private readonly _copies = new Map<string, ICopy>();
}

/** Where the folder itself is away, nothing of it can be lost. */
function unlessAway(error: unknown): void {
  if (!(error instanceof DeepError && error.key === 'not-found')) {
    throw error;
  }
}

/** What is open of one dataset. */
interface ICopy {
  manifest: Manifest;
  scanning?: Promise<void>;
  isAtWork: boolean;
  /** On the clock of `performance.now`. */
  restUntil: number;
}

export namespace CopyWay {
  export interface IParts {
    store: Store;
    remotes: IRemotes;
  }
}

/** A person has looked at both versions and has deleted or renamed the one of this machine. */
async function forgetSettled(manifest: Manifest, root: string): Promise<void> {
  for (const { copy } of manifest.conflicts) {
    if (!(await look(path.join(root, copy)))) {
      manifest.run('DELETE FROM conflicts WHERE copy = ?', copy);
    }
  }
}
