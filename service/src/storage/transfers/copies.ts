import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import {
  DeepError,
  Run,
  StorageEntry,
  TransferRequest
} from '@jupyterlab-deep/protocol';
import { asDeepError } from '../../http/problems';
import { IAsker } from '../../inference/inputs';
import { Store } from '../../store/store';
import { inWords, land, look, receive } from '../datasets/copy/landing';
import { IUploadNote, Manifest, WANTED } from '../datasets/copy/manifest';
import { needSpace, Pull } from '../datasets/copy/pull';
import { bytesOf, Push } from '../datasets/copy/push';
import { scan } from '../datasets/copy/scan';
import { Selection } from '../datasets/copy/selection';
import { walk } from '../datasets/copy/walk';
import { ITask } from '../datasets/way';
import type { IRemoteFiles, IRemotes } from '../remoteFiles';
import { IPlace, numbered, placeOf, shown } from './places';
import { Transfers } from './transfers';

const FILE = 'manifest.sqlite';
/** Between two accounts, files lie here meanwhile. */
const STAGE = 'stage';
const MAX_NUMBER = 1_000;

type OnConflict = NonNullable<TransferRequest['onConflict']>;

/** What a copy is to do, in the run's arguments. */
interface ICopyArguments {
  from: IPlace;
  to: IPlace;
  isFolder: boolean;
  onConflict: OnConflict;
}

/** Copies of files and folders between accounts and this machine. */
export class Copies {
  constructor(private readonly _parts: Copies.IParts) {
    _parts.transfers.follow('copy', (run, task) => this._carryOut(run, task));
  }

  /**
   * Check what is asked for and begin it. To keep both, what exists keeps its name and the copy gets a number.
   *
   * @throws DeepError `not-found`, `invalid-request`, `unauthorized`, `conflict`; what a server says.
   */
  async begin(request: TransferRequest, asker: IAsker): Promise<Run> {
    const from = placeOf(request.from, asker);
    const wanted = placeOf(request.to, asker);
    const account = from.account ?? wanted.account;
    if (!account) {
      throw new DeepError('invalid-request', 'Neither side is an account.', {
        hint: 'Copy local files in the file browser.'
      });
    }
    const { onConflict = 'keep-both' } = request;
    const found = await this._find(from);
    if (!found) {
      throw new DeepError('not-found', `${shown(from)} is not there.`);
    }
    const isFolder = found === 'folder';
    const to = await this._target(wanted, isFolder, onConflict);
    const work: ICopyArguments = { from, to, isFolder, onConflict };
    return this._parts.transfers.begin({
      act: 'copy',
      account,
      from: shown(from),
      to: shown(to),
      title: `Copy ${path.posix.basename(from.path) || shown(from)} to ${shown(to)}`,
      arguments: { ...work }
    });
  }

  private async _target(
    wanted: IPlace,
    isFolder: boolean,
    onConflict: OnConflict
  ): Promise<IPlace> {
    for (let number = 1; number < MAX_NUMBER; number++) {
      const place = { ...wanted, path: numbered(wanted.path, number) };
      const there = await this._find(place);
      if (!there) {
        return place;
      }
      if (onConflict !== 'keep-both') {
        this._refuseOther(place, there, isFolder);
        return place;
      }
    }
    throw new DeepError('conflict', `${shown(wanted)} is there too often.`);
  }

  private _refuseOther(place: IPlace, there: string, isFolder: boolean): void {
    if ((there === 'folder') !== isFolder) {
      throw new DeepError(
        'conflict',
        `${shown(place)} is a ${there}, which cannot be replaced by a ${isFolder ? 'folder' : 'file'}.`
      );
    }
  }

  private async _find({
    account,
    path: at
  }: IPlace): Promise<StorageEntry['type'] | undefined> {
    if (!account) {
      const info = await look(at);
      return info && (info.isDirectory() ? 'folder' : 'file');
    }
    const entry = await this._files(account).stat(at).catch(unlessGone);
    return entry?.type;
  }

  private async _carryOut(run: Run, task: ITask): Promise<void> {
    const work = run.arguments as unknown as ICopyArguments;
    const { from, to } = work;
    if (from.account && from.account === to.account) {
      await this._onServer(from.account, work, task);
      return;
    }
    const folder = await this._parts.store.makeFolder('runs', run.id);
    const manifest = new Manifest(path.join(folder, FILE));
    try {
      if (from.account && to.account) {
        const stage = { path: path.join(folder, STAGE) };
        if (!manifest.about('isStaged')) {
          await this._download(manifest, { ...work, to: stage }, task);
          manifest.run('DELETE FROM files');
          manifest.run('DELETE FROM folders');
          manifest.note('isStaged', true);
        }
        await this._upload(manifest, { ...work, from: stage }, task);
        await rm(stage.path, { recursive: true, force: true });
      } else if (from.account) {
        await this._download(manifest, work, task);
      } else {
        await this._upload(manifest, work, task);
      }
    } finally {
      manifest.close();
    }
  }

  private async _onServer(
    account: string,
    { from, to, onConflict }: ICopyArguments,
    { signal, tell }: ITask
  ): Promise<void> {
    const remote = this._files(account);
    tell({ phase: 'The server copies', totalFiles: 1 });
    const isThere = (await this._find(to)) !== undefined;
    if (!isThere || onConflict === 'overwrite') {
      await remote.copy(from.path, to.path, { overwrite: isThere, signal });
    }
    tell({ doneFiles: 1 });
  }

  private async _download(
    manifest: Manifest,
    work: ICopyArguments,
    task: ITask
  ): Promise<void> {
    const { from, to, isFolder, onConflict } = work;
    const remote = this._files(from.account!);
    task.tell({ phase: 'Fetching' });
    if (!isFolder) {
      await this._downloadFile(remote, work, task);
      return;
    }
    await mkdir(to.path, { recursive: true }).catch(inWords);
    await this._walk(manifest, remote, from.path, task);
    if (onConflict === 'skip') {
      await leaveOut(manifest, to.path);
    }
    const pull = new Pull({
      manifest,
      remote,
      remotePath: from.path,
      root: to.path,
      task,
      overwrites: onConflict === 'overwrite'
    });
    await pull.run();
  }

  private async _downloadFile(
    remote: IRemoteFiles,
    { from, to, onConflict }: ICopyArguments,
    { signal, tell }: ITask
  ): Promise<void> {
    if (onConflict === 'skip' && (await look(to.path))) {
      return;
    }
    await mkdir(path.dirname(to.path), { recursive: true }).catch(inWords);
    const { modifiedAt } = await remote.stat(from.path, signal);
    const { body, sizeBytes } = await remote.read(from.path, { signal });
    tell({ totalFiles: 1, totalBytes: sizeBytes });
    await needSpace(path.dirname(to.path), sizeBytes);
    const modifiedS = modifiedAt ? Date.parse(modifiedAt) / 1000 : undefined;
    const arrived = await receive(to.path, body, { sizeBytes, modifiedS });
    await land(
      to.path,
      arrived,
      onConflict === 'overwrite' ? 'anything' : undefined
    );
    tell({ doneFiles: 1, doneBytes: sizeBytes });
  }

  private async _upload(
    manifest: Manifest,
    work: ICopyArguments,
    task: ITask
  ): Promise<void> {
    const { from, to, isFolder, onConflict } = work;
    const remote = this._files(to.account!);
    task.tell({ phase: 'Sending' });
    if (!isFolder) {
      await this._uploadFile(manifest, remote, work, task);
      return;
    }
    await remote.makeFolder(to.path, task.signal);
    await this._walk(manifest, remote, to.path, task);
    const root = from.path;
    await scan({
      manifest,
      root,
      signal: task.signal,
      onSkipped: (at, reason) => task.log(`${at}: left out, as ${reason}`)
    });
    const onThere = onConflict === 'overwrite' ? 'overwrite' : 'skip';
    const push = new Push({
      manifest,
      remote,
      remotePath: to.path,
      root,
      task,
      onThere
    });
    await push.run();
  }

  private async _uploadFile(
    manifest: Manifest,
    remote: IRemoteFiles,
    { from, to, onConflict }: ICopyArguments,
    { signal, tell }: ITask
  ): Promise<void> {
    const info = await look(from.path);
    if (!info?.isFile()) {
      throw new DeepError('not-found', `${from.path} is no file any more.`);
    }
    const there = await remote.stat(to.path, signal).catch(unlessGone);
    const sizeBytes = Number(info.size);
    tell({ totalFiles: 1, totalBytes: sizeBytes });
    if (there && onConflict !== 'overwrite') {
      tell({ doneFiles: 1 });
      return;
    }
    const mtimeNs = String(info.mtimeNs);
    const note = manifest.about<IUploadNote>('upload');
    await remote.write(
      to.path,
      bytesOf(from.path, sizeBytes, Number(info.mtimeNs / 1_000_000_000n)),
      {
        ...(there?.etag ? { ifMatch: there.etag } : { ifAbsent: !there }),
        resume: note?.mtimeNs === mtimeNs ? note.upload : undefined,
        onOpened: upload => manifest.note('upload', { upload, mtimeNs }),
        onBytes: doneBytes => tell({ doneBytes }),
        signal
      }
    );
    tell({ doneFiles: 1, doneBytes: sizeBytes });
  }

  private _walk(
    manifest: Manifest,
    remote: IRemoteFiles,
    remotePath: string,
    task: ITask
  ): Promise<void> {
    return walk({
      manifest,
      remote,
      remotePath,
      selection: new Selection([]),
      signal: task.signal,
      onSkipped: (at, reason) => task.log(`${at}: left out, as ${reason}`),
      onListed: () => undefined
    });
  }

  private _files(account: string): IRemoteFiles {
    return this._parts.remotes.files(account);
  }
}

export namespace Copies {
  export interface IParts {
    store: Store;
    remotes: IRemotes;
    transfers: Transfers;
  }
}

/** What lies here already is not wanted. */
async function leaveOut(manifest: Manifest, root: string): Promise<void> {
  const rows = manifest.all<{ path: string }>(
    `SELECT path FROM files WHERE ${WANTED}`
  );
  for (const { path: at } of rows) {
    if (await look(path.join(root, at))) {
      manifest.run('UPDATE files SET isSelected = 0 WHERE path = ?', at);
    }
  }
}

function unlessGone(error: unknown): undefined {
  if (asDeepError(error).key !== 'not-found') {
    throw error;
  }
  return undefined;
}
