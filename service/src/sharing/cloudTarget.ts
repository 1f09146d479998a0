import { rm } from 'node:fs/promises';
import path from 'node:path';
import { DeepError, Receiver, StorageShare } from '@jupyterlab-deep/protocol';
import { asDeepError } from '../http/problems';
import { Manifest } from '../storage/datasets/copy/manifest';
import { Push } from '../storage/datasets/copy/push';
import { scan } from '../storage/datasets/copy/scan';
import { Selection } from '../storage/datasets/copy/selection';
import { walk } from '../storage/datasets/copy/walk';
import { ITask } from '../storage/datasets/way';
import type { IRemoteFiles } from '../storage/remoteFiles';
import { Shares } from '../storage/shares/shares';
import { CloudPlace } from './cloudPlace';
import { isVersion, MANIFEST, PART, SHARED_FOLDER } from './names';
import { readText } from './place';
import { MAX_MANIFEST_BYTES } from './sharedManifest';
import { IShareTarget, IStaged } from './target';

const NOTES = 'manifest.sqlite';
/** What was begun and forgotten elsewhere goes after so long. */
const FORGOTTEN_MS = 3 * 86_400_000;

/** A person's files in a cloud, shared with others by OCS. */
export class CloudTarget implements IShareTarget {
  /** @param _shares Absent where the server shares nothing. */
  constructor(
    readonly title: string,
    private readonly _files: IRemoteFiles,
    private readonly _shares: Shares | undefined
  ) {
    this._place = new CloudPlace(_files);
  }

  pathOf(name: string): string {
    return `${SHARED_FOLDER}/${name}`;
  }

  manifestOf(name: string, version: string): Promise<string | undefined> {
    const file = `${this.pathOf(name)}/${version}/${MANIFEST}`;
    return readText(this._place, file, MAX_MANIFEST_BYTES).catch(unlessGone);
  }

  async versionsOf(name: string): Promise<string[]> {
    const found = await this._place.list(this.pathOf(name)).catch(unlessGone);
    return (found ?? [])
      .filter(({ type }) => type === 'folder')
      .flatMap(each => (isVersion(each.name) ? [each.name] : []));
  }

  async bring(staged: IStaged, task: ITask): Promise<void> {
    await this._sweep(task.signal);
    await this._refuseFull(staged, task.signal);
    const part = partOf(staged.run);
    await this._files.makeFolder(part, task.signal);
    const manifest = new Manifest(path.join(staged.runFolder, NOTES));
    try {
      await walk({
        manifest,
        remote: this._files,
        remotePath: part,
        selection: new Selection([]),
        signal: task.signal,
        onSkipped: () => undefined,
        onListed: () => undefined
      });
      await scan({ manifest, root: staged.folder, signal: task.signal });
      const refused: string[] = [];
      const push = new Push({
        manifest,
        remote: this._files,
        remotePath: part,
        root: staged.folder,
        task: {
          ...task,
          tell: news => task.tell(news),
          log: line => task.log(line),
          failed: (at, reason) => void refused.push(`${at}: ${reason}`)
        },
        onThere: 'skip'
      });
      while (await push.run()) {
        task.signal.throwIfAborted();
      }
      if (refused.length > 0) {
        await this._refuseFull(staged, task.signal);
        throw new DeepError(
          'storage-refused',
          `${this.title} did not take ${refused.length} of the files: ${refused[0]}. Nothing of it is shared.`
        );
      }
    } finally {
      manifest.close();
    }
    await this._compare(part, staged, task.signal);
  }

  async reveal(staged: IStaged, signal: AbortSignal): Promise<void> {
    const folder = this.pathOf(staged.name);
    await this._files.makeFolder(folder, signal);
    const to = `${folder}/${staged.version}`;
    await this._files.move(partOf(staged.run), to, { signal });
  }

  async discard(run: string): Promise<void> {
    await this._files.remove(partOf(run)).catch(unlessGone);
  }

  async share(
    name: string,
    receivers: readonly Receiver[],
    note: string | undefined
  ): Promise<{ url?: string; failures: string[] }> {
    const shares = this._shares;
    if (receivers.length === 0) {
      return { failures: [] };
    }
    if (!shares) {
      return { failures: [`nothing can be shared at ${this.title} from here`] };
    }
    const folder = this.pathOf(name);
    const there = await shares.of(folder);
    const failures: string[] = [];
    let url: string | undefined;
    for (const receiver of receivers) {
      const known = there.find(each => isFor(each, receiver));
      const made =
        known ??
        (await shares
          .share({ path: folder, ...receiver, ...(note && { note }) }, true)
          .catch(error => {
            const { key, detail } = asDeepError(error);
            if (key === 'storage-refused' || key === 'not-found') {
              failures.push(`${receiver.with ?? 'a link'}: ${detail}`);
              return undefined;
            }
            throw error;
          }));
      url ??= made?.url;
    }
    return { ...(url && { url }), failures };
  }

  async withdraw(name: string, version?: string): Promise<void> {
    const folder = this.pathOf(name);
    if (version !== undefined) {
      await this._files.remove(`${folder}/${version}`);
      if ((await this.versionsOf(name)).length > 0) {
        return;
      }
    }
    // First nobody sees it, then it goes: a stop between the two leaves it with its owner alone.
    for (const { id } of (await this._shares?.of(folder)) ?? []) {
      await this._shares?.remove(id);
    }
    await this._files.remove(folder);
  }

  /** Some servers say only of each file that it was not taken. @throws DeepError `storage-full` */
  private async _refuseFull(
    { files, run }: IStaged,
    signal: AbortSignal
  ): Promise<void> {
    const quota = await this._files.quota(signal);
    const needed = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const free =
      quota?.totalBytes === undefined
        ? Infinity
        : quota.totalBytes - quota.usedBytes;
    if (needed <= free) {
      return;
    }
    const part = await this._files.stat(partOf(run), signal).catch(unlessGone);
    if (needed - (part?.sizeBytes ?? 0) > free) {
      throw new DeepError(
        'storage-full',
        `${this.title} has room for ${free} more bytes, and this has ${needed}. Nothing of it is visible to others.`,
        { hint: 'Free space there, then let it go on.' }
      );
    }
  }

  /** What the server has must be what was sent, to the byte. */
  private async _compare(
    part: string,
    { files }: IStaged,
    signal: AbortSignal
  ): Promise<void> {
    const wanted = new Map(
      files.map(({ path: at, sizeBytes }) => [at, sizeBytes])
    );
    const open = [''];
    for (let below = open.pop(); below !== undefined; below = open.pop()) {
      const folder = below ? `${part}/${below}` : part;
      for (const entry of await this._place.list(folder, signal)) {
        const at = below ? `${below}/${entry.name}` : entry.name;
        if (entry.type === 'folder') {
          open.push(at);
        } else if (at !== MANIFEST && wanted.get(at) !== entry.sizeBytes) {
          throw incomplete(this.title, at);
        }
        wanted.delete(at);
      }
    }
    const [missing] = wanted.keys();
    if (missing !== undefined) {
      throw incomplete(this.title, missing);
    }
  }

  /** Parts that a lost store left behind. */
  private async _sweep(signal: AbortSignal): Promise<void> {
    try {
      for await (const piece of this._files.list(SHARED_FOLDER, { signal })) {
        for (const { name, path: at, modifiedAt } of piece) {
          const age = Date.now() - Date.parse(modifiedAt ?? '');
          if (name.startsWith(PART) && age > FORGOTTEN_MS) {
            await this._files.remove(at, { signal });
          }
        }
      }
    } catch (error) {
      unlessGone(error);
    }
  }

  private readonly _place: CloudPlace;
}

/** Forget which files were sent: they are not there any more. */
export const forgetSent = (runFolder: string): Promise<void> =>
  Promise.all(
    ['', '-wal', '-shm'].map(end =>
      rm(path.join(runFolder, NOTES + end), { force: true })
    )
  ).then(() => undefined);

const partOf = (run: string): string => `${SHARED_FOLDER}/${PART}${run}`;

const isFor = (share: StorageShare, { kind, with: who }: Receiver): boolean =>
  share.kind === kind && (kind === 'link' || share.with === who);

const incomplete = (title: string, at: string): DeepError =>
  new DeepError(
    'storage-refused',
    `${title} does not have ${at} as it was sent. Nothing of it is shared.`,
    { hint: 'Try again.' }
  );

function unlessGone(error: unknown): undefined {
  if (asDeepError(error).key !== 'not-found') {
    throw error;
  }
  return undefined;
}
