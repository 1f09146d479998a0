import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  open,
  readdir,
  rename,
  rm
} from 'node:fs/promises';
import path from 'node:path';
import { DeepError } from '@jupyterlab-deep/protocol';
import { asDeepError } from '../http/problems';
import { needSpace } from '../storage/datasets/copy/pull';
import { ITask } from '../storage/datasets/way';
import { DiskPlace, inWords } from './diskPlace';
import { isVersion, MANIFEST, PART } from './names';
import { readText } from './place';
import { MAX_MANIFEST_BYTES } from './sharedManifest';
import { IShareTarget, IStaged } from './target';

/** A folder on a disk that others see: who may read it is for the disk to say. */
export class DiskTarget implements IShareTarget {
  constructor(readonly title: string) {}

  pathOf(name: string): string {
    return path.join(this.title, name);
  }

  manifestOf(name: string, version: string): Promise<string | undefined> {
    const file = `${name}/${version}/${MANIFEST}`;
    const place = new DiskPlace(this.title);
    return readText(place, file, MAX_MANIFEST_BYTES).catch(unlessGone);
  }

  async versionsOf(name: string): Promise<string[]> {
    const names = await readdir(this.pathOf(name)).catch(() => []);
    return names.filter(isVersion);
  }

  async bring(
    { run, folder, files }: IStaged,
    { signal, tell }: ITask
  ): Promise<void> {
    const part = this._partOf(run);
    const totalBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    tell({ phase: 'Sending', totalFiles: files.length + 1, totalBytes });
    try {
      await mkdir(part, { recursive: true });
      await needSpace(part, totalBytes);
      let [doneFiles, doneBytes] = [0, 0];
      const all = [...files, { path: MANIFEST, sizeBytes: -1 }];
      for (const { path: at, sizeBytes } of all) {
        signal.throwIfAborted();
        await copyOnce(folder, part, at, sizeBytes);
        doneFiles += 1;
        doneBytes += Math.max(0, sizeBytes);
        tell({ doneFiles, doneBytes });
      }
    } catch (error) {
      inWordsOf(error, this.title);
    }
  }

  async reveal({ run, name, version }: IStaged): Promise<void> {
    const to = path.join(this.pathOf(name), version);
    try {
      await mkdir(this.pathOf(name), { recursive: true });
      await rename(this._partOf(run), to);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOTEMPTY' || code === 'EEXIST') {
        throw new DeepError('conflict', `${to} is there already.`, {
          cause: error
        });
      }
      inWordsOf(error, to);
    }
  }

  async discard(run: string): Promise<void> {
    await rm(this._partOf(run), { recursive: true, force: true });
  }

  async share(): Promise<{ failures: string[] }> {
    return { failures: [] };
  }

  async withdraw(name: string, version?: string): Promise<void> {
    const folder = this.pathOf(name);
    const gone = version === undefined ? folder : path.join(folder, version);
    const aside = path.join(
      this.title,
      `${PART}gone-${process.pid}-${Date.now()}`
    );
    try {
      await lstat(gone);
      // Readers see all of it, or nothing.
      await rename(gone, aside);
      await rm(aside, { recursive: true, force: true });
      if (version !== undefined && (await readdir(folder)).length === 0) {
        await rm(folder, { recursive: true });
      }
    } catch (error) {
      inWordsOf(error, gone);
    }
  }

  private _partOf(run: string): string {
    return path.join(this.title, PART + run);
  }
}

/** Also after a kill: what has its name is whole. */
async function copyOnce(
  from: string,
  to: string,
  at: string,
  sizeBytes: number
): Promise<void> {
  const target = path.join(to, at);
  const there = await lstat(target).catch(() => undefined);
  if (there?.isFile() && there.size === sizeBytes) {
    return;
  }
  // A name that nothing shared can have.
  const coming = path.join(
    path.dirname(target),
    `.${path.basename(at)}.coming`
  );
  await mkdir(path.dirname(target), { recursive: true });
  await copyFile(path.join(from, at), coming);
  // As others may read it, where the folder lets them: what lies in the store is for its user alone.
  await chmod(coming, 0o644);
  const handle = await open(coming, 'r');
  await handle.sync().finally(() => handle.close());
  await rename(coming, target);
}

function inWordsOf(error: unknown, file: string): never {
  if (error instanceof DeepError) {
    throw error;
  }
  return inWords(error, file);
}

function unlessGone(error: unknown): undefined {
  if (asDeepError(error).key !== 'not-found') {
    throw error;
  }
  return undefined;
}
