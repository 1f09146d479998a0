import { existsSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import { plainName } from '@jupyterlab-deep/kernel-helpers/models';
import {
  DeepError,
  ModelPlace,
  Publication,
  PublishRequest,
  Receiver,
  Run,
  SharePreview,
  SharePreviewRequest,
  Withdrawal
} from '@jupyterlab-deep/protocol';
import { Catalogue } from '../catalogue/catalogue';
import { ModuleReader } from '../catalogue/metadata/readModule';
import { asDeepError } from '../http/problems';
import { IAsker } from '../inference/inputs';
import { locateModel } from '../models/locateModel';
import { isLive, RunJournal } from '../runs/journal';
import { StorageAccounts } from '../storage/accounts/storageAccounts';
import { ITask } from '../storage/datasets/way';
import { Shares } from '../storage/shares/shares';
import { Transfers } from '../storage/transfers/transfers';
import { Store } from '../store/store';
import { CloudTarget, forgetSent } from './cloudTarget';
import {
  contentOf,
  IShareable,
  shareableEntry,
  shareableFolder
} from './content';
import { DiskTarget } from './diskTarget';
import {
  byVersion,
  compareVersions,
  isVersion,
  MANIFEST,
  versionAfter
} from './names';
import { PublishedRecords } from './publishedRecords';
import { Received } from './received';
import { readShared } from './sharedManifest';
import { fingerprintOf, sumOf, UserKey } from './signing';
import { IVersionAbout, stage } from './staging';
import { IShareTarget, IStaged } from './target';

const FIRST_VERSION = '1.0.0';
/** In place of an account's id, of what goes to a disk. */
const DISK = 'disk';
const ASKED_BEFORE = 200;

/** All that the run of a publication needs to know, also after a kill. */
interface IPublishArguments {
  what: { module?: string; folder?: string };
  to: { account?: string; path?: string };
  with: Receiver[];
  about: IVersionAbout;
  requestId?: string;
}

/** Shares modules of this user, and takes them back. */
export class Publishing {
  constructor(private readonly _parts: Publishing.IParts) {
    _parts.transfers.follow('publish', (run, task) =>
      this._carryOut(run, task)
    );
    _parts.transfers.listen(run => {
      if (run.transfer?.act === 'publish' && !isLive(run)) {
        void this._tidy(run);
      }
    });
  }

  /** What would be shared. @throws DeepError of what cannot be */
  async preview(
    request: SharePreviewRequest,
    asker: IAsker
  ): Promise<SharePreview> {
    const what = located(request, asker);
    const shareable = await this._shareable(what);
    const { module, folder, kind } = shareable;
    const content = folder
      ? await contentOf(folder)
      : { files: [], sizeBytes: 0, leftOut: [] };
    const name = nameFor(what, shareable);
    const shared = await this._versionsShared(name);
    return {
      title: module.title,
      name,
      kind,
      ...(kind === 'image' && { image: module.image }),
      licence: module.licence,
      version: proposed(module.version, shared),
      shared,
      files: content.files.length,
      sizeBytes: content.sizeBytes,
      leftOut: content.leftOut,
      author: this._authorOf(this._parts.accounts.all[0]?.id),
      key: fingerprintOf(await this._parts.key.name())
    };
  }

  /**
   * Check what is asked for and begin it.
   *
   * @throws DeepError `invalid-request`, `unauthorized`, `not-found`, `conflict` of a version that is there, `module-broken`
   */
  async begin(request: PublishRequest, asker: IAsker): Promise<Run> {
    const asked = this._askedBefore(request.requestId);
    if (asked) {
      return asked;
    }
    const what = located(request, asker);
    const to = await this._placeOf(request.to, asker);
    const shareable = await this._shareable(what);
    const name = request.name ?? nameFor(what, shareable);
    const target = this._target(to);
    const versions = [
      ...(await this._versionsShared(name)),
      ...(await target.versionsOf(name))
    ];
    const version =
      request.version ?? proposed(shareable.module.version, versions);
    const work: IPublishArguments = {
      what,
      to,
      with: checkedReceivers(request.with, to),
      about: {
        name,
        version,
        author: this._authorOf(to.account),
        licence: request.licence ?? shareable.module.licence,
        ...(request.note && { note: request.note }),
        ...(request.notebook && {
          notebook: locateModel(request.notebook, asker)
        })
      },
      requestId: request.requestId
    };
    await this._refuseTaken(target, work);
    return this._parts.transfers.begin({
      act: 'publish',
      account: to.account ?? DISK,
      from: shareable.folder ?? shareable.module.id,
      to: target.title,
      title: `Share ${shareable.module.title} ${version}`,
      arguments: { ...work }
    });
  }

  published(): Promise<Publication[]> {
    return this._records.list();
  }

  /** Take back all of a module, or one version. @throws DeepError `not-found`, and what its place says */
  async withdraw(withdrawal: Withdrawal, asker: IAsker): Promise<void> {
    const { name, version } = withdrawal;
    const to = await this._placeOf(withdrawal, asker);
    const target = this._target(to);
    const place = { account: to.account, path: target.pathOf(name) };
    try {
      await target.withdraw(name, version);
    } catch (error) {
      const { key } = asDeepError(error);
      if (key !== 'not-found' || !(await this._records.find(place))) {
        throw error;
      }
      // Its owner has deleted it there: it is forgotten here too.
    }
    await this._records.remove(place, version);
  }

  private async _carryOut(run: Run, task: ITask): Promise<void> {
    const work = run.arguments as unknown as IPublishArguments;
    const target = this._target(work.to);
    const staged = await this._staged(run.id, work, task);
    const { name, version } = work.about;
    if (!(await this._isRevealed(target, staged))) {
      task.tell({ phase: `Sending to ${target.title}` });
      await target.bring(staged, task);
      task.tell({ phase: 'Making it visible' });
      await this._reveal(target, staged, task.signal);
    }
    task.tell({ phase: 'Sharing' });
    const { url, failures } = await target.share(
      name,
      work.with,
      work.about.note
    );
    await this._note(run, staged, target, url);
    if (failures.length > 0) {
      throw new DeepError(
        'storage-refused',
        `Version ${version} is in its place at ${target.title}, but could not be shared with ${failures.join('; ')}.`,
        { hint: 'Share it again with the right names; what is there stays.' }
      );
    }
    task.log(`${name} ${version} is shared.`);
  }

  /** What was laid out before a kill is taken again: its signature names the same content. */
  private async _staged(
    run: string,
    { what, about }: IPublishArguments,
    task: ITask
  ): Promise<IStaged & { title: string; kind: Publication['kind'] }> {
    const runFolder = await this._parts.store.makeFolder('runs', run);
    const folder = path.join(runFolder, 'stage');
    if (!existsSync(folder)) {
      task.tell({ phase: 'Signing' });
      const fresh = path.join(runFolder, 'staging');
      const shareable = await this._shareable(what);
      await stage(shareable, about, this._parts.key, fresh, task.signal);
      await rename(fresh, folder);
    }
    const text = await readFile(path.join(folder, MANIFEST), 'utf8');
    const { manifest } = await readShared(text, about);
    const { name, version, title, kind, files } = manifest;
    return { run, name, version, title, kind, files, folder, runFolder };
  }

  private async _reveal(
    target: IShareTarget,
    staged: IStaged,
    signal: AbortSignal
  ): Promise<void> {
    try {
      await target.reveal(staged, signal);
    } catch (error) {
      // The answer to the rename may have been lost; or somebody else was quicker.
      const isOurs = await this._isRevealed(target, staged).catch(() => false);
      if (!isOurs) {
        throw asDeepError(error).key === 'conflict'
          ? versionTaken(staged, target)
          : error;
      }
    }
  }

  /** @throws DeepError `conflict` when another content has the version's place */
  private async _isRevealed(
    target: IShareTarget,
    { name, version, folder }: IStaged
  ): Promise<boolean> {
    const there = await target.manifestOf(name, version);
    if (there === undefined) {
      return false;
    }
    const ours = await readFile(path.join(folder, MANIFEST), 'utf8');
    if (sumOf(there) !== sumOf(ours)) {
      throw versionTaken({ name, version }, target);
    }
    return true;
  }

  private async _note(
    run: Run,
    staged: IStaged & { title: string; kind: Publication['kind'] },
    target: IShareTarget,
    url: string | undefined
  ): Promise<void> {
    const { to, with: receivers } =
      run.arguments as unknown as IPublishArguments;
    const { name, title, kind, version, files } = staged;
    await this._records.add({
      name,
      title,
      kind,
      ...(to.account && { account: to.account }),
      place: target.title,
      path: target.pathOf(name),
      with: receivers,
      ...(url && { url }),
      versions: [
        {
          version,
          run: run.id,
          publishedAt: new Date().toISOString(),
          sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
        }
      ]
    });
  }

  /** Nothing lies about of what has ended. What failed keeps what was signed, so that it can be tried again. */
  private async _tidy({ id, state, arguments: given }: Run): Promise<void> {
    const { logger, store, transfers } = this._parts;
    await transfers.stopped(id);
    const folder = store.folderOf('runs', id);
    try {
      if (state !== 'failed') {
        await rm(path.join(folder, 'stage'), { recursive: true, force: true });
      }
      await rm(path.join(folder, 'staging'), { recursive: true, force: true });
      await forgetSent(folder);
      if (state !== 'succeeded') {
        const { to } = given as unknown as IPublishArguments;
        await this._target(to).discard(id);
      }
    } catch (error) {
      // Its name begins with a point, and the next publication sweeps it away.
      logger.warn({ err: error }, 'a part of a publication stays');
    }
  }

  private async _refuseTaken(
    target: IShareTarget,
    { about: { name, version }, to }: IPublishArguments
  ): Promise<void> {
    const isSame = ({ arguments: given, transfer }: Run): boolean => {
      const other = given as unknown as IPublishArguments;
      return (
        transfer?.act === 'publish' &&
        other.about.name === name &&
        other.about.version === version &&
        other.to.account === to.account &&
        other.to.path === to.path
      );
    };
    const { journal } = this._parts;
    const live = ['running', 'queued', 'paused'] as const;
    if (live.some(state => journal.list({ state }).some(isSame))) {
      throw new DeepError(
        'conflict',
        `${name} ${version} is just being shared with ${target.title}.`,
        { hint: 'Wait for it in Activity, or give another version.' }
      );
    }
    if ((await target.manifestOf(name, version)) !== undefined) {
      throw versionTaken({ name, version }, target);
    }
    await this._refuseOthers(target, name);
  }

  /** On a disk others may have a module of this name. */
  private async _refuseOthers(
    target: IShareTarget,
    name: string
  ): Promise<void> {
    const [version] = (await target.versionsOf(name)).sort(byVersion);
    if (!(target instanceof DiskTarget) || version === undefined) {
      return;
    }
    const text = await target.manifestOf(name, version);
    const key = text === undefined ? undefined : keyIn(text);
    if (key !== undefined && key !== (await this._parts.key.name())) {
      throw new DeepError(
        'conflict',
        `${target.pathOf(name)} is a module of somebody else, signed with another key than yours.`,
        { hint: 'Share yours under another name.' }
      );
    }
  }

  private async _shareable({
    module,
    folder
  }: IPublishArguments['what']): Promise<IShareable> {
    return folder === undefined
      ? shareableEntry(await this._parts.catalogue.getUsable(module ?? ''))
      : shareableFolder(folder, this._parts.reader);
  }

  /** Pages name folders that Jupyter shows, and those that their user has named for sharing. */
  private async _placeOf(
    { account, path: at }: IPublishArguments['to'],
    asker: IAsker
  ): Promise<IPublishArguments['to']> {
    if ((account === undefined) === (at === undefined)) {
      throw new DeepError(
        'invalid-request',
        'Say where it is to be shared: an account, or a folder on a disk.'
      );
    }
    if (at === undefined) {
      return { account };
    }
    const { received } = this._parts;
    await received.open();
    const from = path.isAbsolute(at) ? 'path' : 'jupyter';
    const folder = received.known.folders.includes(at)
      ? at
      : locateModel({ from, path: at }, asker);
    if (!existsSync(folder)) {
      throw new DeepError('not-found', `The folder ${folder} is not there.`, {
        hint: 'Mount its disk, or make the folder.'
      });
    }
    return { path: folder };
  }

  private _target({
    account,
    path: at
  }: IPublishArguments['to']): IShareTarget {
    const { accounts } = this._parts;
    if (account === undefined) {
      return new DiskTarget(at ?? '');
    }
    const { can, server, kind } = accounts.get(account);
    const shares =
      can.shares && kind === 'nextcloud'
        ? new Shares(accounts.exchange(account), server)
        : undefined;
    return new CloudTarget(
      accounts.hostOf(account),
      accounts.files(account),
      shares
    );
  }

  private _authorOf(account: string | undefined): string {
    const known = this._parts.accounts.all.find(({ id }) => id === account);
    return known?.displayName || known?.user || userInfo().username;
  }

  private async _versionsShared(name: string): Promise<string[]> {
    const all = await this._records.list();
    const versions = all
      .filter(each => each.name === name)
      .flatMap(each => each.versions.map(({ version }) => version));
    return [...new Set(versions)].sort(byVersion);
  }

  private _askedBefore(requestId: string | undefined): Run | undefined {
    const runs = this._parts.journal.list({ limit: ASKED_BEFORE });
    return requestId === undefined
      ? undefined
      : runs.find(
          ({ arguments: given, transfer }) =>
            transfer?.act === 'publish' && given.requestId === requestId
        );
  }

  private get _records(): PublishedRecords {
    return this._parts.records;
  }
}

export namespace Publishing {
  export interface IParts {
    accounts: StorageAccounts;
    catalogue: Catalogue;
    journal: RunJournal;
    key: UserKey;
    logger: { warn(about: object, message: string): void };
    reader: ModuleReader;
    records: PublishedRecords;
    received: Received;
    store: Store;
    transfers: Transfers;
  }
}

function located(
  { module, folder }: { module?: string; folder?: ModelPlace },
  asker: IAsker
): IPublishArguments['what'] {
  if ((module === undefined) === (folder === undefined)) {
    throw new DeepError(
      'invalid-request',
      'Name what is to be shared: a module of the catalogue, or a folder.'
    );
  }
  return folder ? { folder: locateModel(folder, asker) } : { module };
}

function checkedReceivers(
  receivers: readonly Receiver[],
  to: IPublishArguments['to']
): Receiver[] {
  if (to.path !== undefined && receivers.length > 0) {
    throw new DeepError(
      'invalid-request',
      'On a disk it is the disk that says who may read: name nobody.'
    );
  }
  if (receivers.some(({ kind, with: who }) => kind !== 'link' && !who)) {
    throw new DeepError('invalid-request', 'Say whom it is shared with.');
  }
  return [...receivers];
}

const nameFor = (
  { folder }: IPublishArguments['what'],
  { module }: IShareable
): string => plainName(folder ? path.basename(folder) : module.name);

/** What the module says of itself, unless that was shared already. */
function proposed(said: string, shared: readonly string[]): string {
  const [newest] = [...shared].sort(byVersion);
  const own = isVersion(said) ? said : FIRST_VERSION;
  return newest === undefined || compareVersions(own, newest) > 0
    ? own
    : versionAfter(newest);
}

function keyIn(text: string): string | undefined {
  try {
    return String((JSON.parse(text) as { key?: unknown }).key);
  } catch {
    // Nobody could use it: then it is nobody's.
    return undefined;
  }
}

const versionTaken = (
  { name, version }: { name: string; version: string },
  { title }: IShareTarget
): DeepError =>
  new DeepError(
    'conflict',
    `Version ${version} of ${name} is shared at ${title} already, and versions are never changed.`,
    { hint: `Give it a new version, such as ${versionAfter(version)}.` }
  );
