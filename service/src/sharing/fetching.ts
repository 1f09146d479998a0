import { createWriteStream } from 'node:fs';
import {
  cp,
  lstat,
  mkdir,
  readFile,
  rename,
  rm,
  writeFile
} from 'node:fs/promises';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DeepError, FetchRequest, Run } from '@jupyterlab-deep/protocol';
import { Catalogue } from '../catalogue/catalogue';
import { ModelDirectory } from '../models/modelDirectory';
import { isLive, RunJournal } from '../runs/journal';
import { hashOf } from '../storage/datasets/copy/landing';
import { joined } from '../storage/dav/paths';
import { Pool } from '../storage/datasets/copy/pool';
import { needSpace } from '../storage/datasets/copy/pull';
import { ITask } from '../storage/datasets/way';
import { Transfers } from '../storage/transfers/transfers';
import { OWN_MODELS } from '../training/ownModels';
import { IKnown } from './known';
import { LINK_PREFIX } from './linkPlace';
import { manifestAt } from './looking';
import { MANIFEST } from './names';
import { IPlace, tooLong } from './place';
import { Received, SHARED } from './received';
import { SharedManifest } from './sharedManifest';
import { Bring } from './sharedSource';

const FILES_AT_ONCE = 4;

interface IFetchArguments {
  name: string;
  version: string;
  /** What was listed: what comes must be that. Unknown of older versions. */
  digest?: string;
  copyAs?: string;
}

/** Brings what colleagues share here: only what they signed, all of it, and nothing beside it. */
export class Fetching {
  constructor(private readonly _parts: Fetching.IParts) {
    const { transfers } = _parts;
    transfers.follow('receive', (run, task) => this._carryOut(run, task));
    transfers.listen((run, error) => {
      if (run.transfer?.act === 'receive') {
        this._listeners.forEach(listener => listener(run, error));
      }
    });
  }

  /** @throws DeepError `not-found`, `share-refused`, `conflict` of a name that is taken */
  async begin(
    name: string,
    { version: wanted, copyAs }: FetchRequest
  ): Promise<Run> {
    const { received, transfers, directory } = this._parts;
    const shared = await received.get(name);
    refuseUnusable(shared);
    const version = wanted ?? shared.card!.version;
    if (!shared.versions.includes(version)) {
      throw new DeepError(
        'not-found',
        `${shared.ownerName} shares no version ${version} of it.`,
        { hint: `There are ${shared.versions.join(', ')}.` }
      );
    }
    if (copyAs !== undefined) {
      await directory.refuseTaken(copyAs, false);
    }
    const isNewest = version === shared.card!.version;
    const work: IFetchArguments = {
      name,
      version,
      ...(isNewest && { digest: shared.card!.digest }),
      ...(copyAs !== undefined && { copyAs })
    };
    const same = this._live(work);
    return (
      same ??
      transfers.begin({
        act: 'receive',
        account: accountOf(shared),
        from: `${shared.ownerName}, ${shared.placeTitle}`,
        to: copyAs === undefined ? 'this machine' : 'My modules',
        title: `Fetch ${shared.card!.title} ${version}`,
        arguments: { ...work }
      })
    );
  }

  /** What the catalogue has a module's files brought by: a run that everybody sees, waited for. */
  bring(name: string): Bring {
    return async (signal, onPhase) => {
      const { received } = this._parts;
      const shared = await received.get(name);
      refuseUnusable(shared);
      const { digest } = shared.card!;
      const here = received.folderOf(name, digest);
      if (here) {
        return here;
      }
      onPhase?.(`Fetching it from ${shared.ownerName}, ${shared.placeTitle}`);
      const run = await this.begin(name, {});
      await this._ended(run.id, signal);
      return received.contentFolder(name, digest);
    };
  }

  /** A version was used without its files: an image's name is all that there is. */
  noteUsed(name: string, version: string): void {
    // Who used it has it; that it cannot be noted changes nothing for them.
    void this._setUsed(name, version).catch(() => undefined);
  }

  private _live(work: IFetchArguments): Run | undefined {
    const { journal } = this._parts;
    const wanted = JSON.stringify(work);
    return (['running', 'queued'] as const)
      .flatMap(state => journal.list({ state }))
      .find(
        ({ transfer, arguments: given }) =>
          transfer?.act === 'receive' && JSON.stringify(given) === wanted
      );
  }

  /** Resolves when a run has ended well. @throws DeepError why it did not; the signal's reason, and then it is cancelled */
  private async _ended(id: string, signal: AbortSignal): Promise<void> {
    const { journal, transfers } = this._parts;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const settle = (run: Run, error?: DeepError): void => {
      if (run.id !== id || (isLive(run) && !error)) {
        return;
      }
      if (run.state === 'succeeded') {
        resolve();
      } else {
        reject(
          run.error
            ? DeepError.fromProblem(run.error)
            : (error ?? new DeepError('cancelled', 'The run was cancelled.'))
        );
      }
    };
    const abort = (): void => {
      if (isLive(journal.get(id))) {
        transfers.cancel(id);
      }
      reject(signal.reason);
    };
    this._listeners.add(settle);
    signal.addEventListener('abort', abort, { once: true });
    try {
      settle(journal.get(id));
      await promise;
    } finally {
      this._listeners.delete(settle);
      signal.removeEventListener('abort', abort);
    }
  }

  private async _carryOut(run: Run, task: ITask): Promise<void> {
    const work = run.arguments as unknown as IFetchArguments;
    const { received, catalogue } = this._parts;
    const shared = await received.get(work.name);
    refuseUnusable(shared);
    const files = received.placeOf(shared).files;
    task.tell({ phase: 'Looking at what is signed' });
    const { manifest, digest } = await manifestAt(
      files,
      shared,
      work.version,
      received.known,
      task.signal
    );
    if (work.digest !== undefined && work.digest !== digest) {
      throw new DeepError(
        'share-refused',
        `Version ${work.version} is not what it was when it was listed: its author has written it anew under the same number.`,
        { hint: 'Refresh the catalogue and look at it again.' }
      );
    }
    const folder = received.contentFolder(work.name, digest);
    if (!received.folderOf(work.name, digest)) {
      const from = joined(shared.path, work.version);
      await this._fetch(files, from, manifest, folder, task);
    }
    if (work.copyAs !== undefined) {
      task.tell({ phase: 'Copying it to My modules' });
      await this._copy(folder, work.copyAs);
      await catalogue.reread(OWN_MODELS);
    }
    await this._setUsed(work.name, work.version);
  }

  private async _setUsed(name: string, version: string): Promise<void> {
    await this._parts.received.known.setUsed(name, version);
    await this._parts.catalogue.reread(SHARED);
  }

  private async _fetch(
    place: IPlace,
    from: string,
    manifest: SharedManifest,
    folder: string,
    task: ITask
  ): Promise<void> {
    await compare(place, from, manifest, task.signal);
    const { files } = manifest;
    const totalBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    task.tell({ phase: 'Fetching', totalFiles: files.length, totalBytes });
    const part = `${path.dirname(folder)}.part`;
    await mkdir(part, { recursive: true, mode: 0o700 });
    await needSpace(part, totalBytes);
    const pool = new Pool(FILES_AT_ONCE);
    let [doneFiles, doneBytes] = [0, 0];
    try {
      for (const file of files) {
        task.signal.throwIfAborted();
        await pool.add(async () => {
          await fetchFile(place, from, file, part, task.signal);
          doneFiles += 1;
          doneBytes += file.sizeBytes;
          task.tell({ doneFiles, doneBytes });
        });
      }
      await pool.end();
    } finally {
      await pool.settle();
    }
    await mkdir(path.dirname(folder), { recursive: true, mode: 0o700 });
    await rename(part, folder);
  }

  private async _copy(from: string, name: string): Promise<void> {
    await this._parts.directory.add(name, false, async folder => {
      await cp(from, folder, { recursive: true });
      await rm(path.join(folder, MANIFEST), { force: true });
      const file = path.join(folder, 'module.json');
      const text = await readFile(file, 'utf8').catch(() => undefined);
      if (text !== undefined) {
        const said = JSON.parse(text) as object;
        await writeFile(
          file,
          `${JSON.stringify({ ...said, name }, null, 2)}\n`,
          {
            flush: true
          }
        );
      }
    });
  }

  private readonly _listeners = new Set<
    (run: Run, error?: DeepError) => void
  >();
}

export namespace Fetching {
  export interface IParts {
    catalogue: Catalogue;
    directory: ModelDirectory;
    journal: RunJournal;
    received: Received;
    transfers: Transfers;
  }
}

/** What a transfer waits for: an account by its id, anything else by its name. */
function accountOf({ place, placeTitle }: IKnown): string {
  if (path.isAbsolute(place)) {
    return 'disk';
  }
  return place.startsWith(LINK_PREFIX) ? placeTitle : place;
}

/** @throws DeepError `share-refused`, `not-found` */
function refuseUnusable({ state, card, problem, path: at }: IKnown): void {
  if (state === 'withdrawn') {
    throw new DeepError(
      'not-found',
      problem ?? `${at} is not shared any more.`
    );
  }
  if (state !== 'shared' || !card) {
    throw new DeepError(
      'share-refused',
      problem ?? `${at} is not as it should be.`,
      { hint: 'Nothing of it was fetched.' }
    );
  }
}

/** What lies there must be what is signed: nothing less, nothing beside it. @throws DeepError `share-refused` */
async function compare(
  place: IPlace,
  from: string,
  { files }: SharedManifest,
  signal: AbortSignal
): Promise<void> {
  const missing = new Map(files.map(file => [file.path, file.sizeBytes]));
  const open = [''];
  for (let below = open.pop(); below !== undefined; below = open.pop()) {
    const folder = below ? `${from}/${below}` : from;
    for (const { name, type, sizeBytes } of await place.list(folder, signal)) {
      const at = below ? `${below}/${name}` : name;
      if (
        type === 'folder' &&
        files.some(each => each.path.startsWith(`${at}/`))
      ) {
        open.push(at);
      } else if (at !== MANIFEST || type !== 'file') {
        const wanted = missing.get(at);
        if (type !== 'file' || wanted === undefined) {
          throw unsigned(at || 'a name that no file may have');
        }
        if (wanted !== sizeBytes) {
          throw altered(at);
        }
      }
      missing.delete(at);
    }
  }
  const [lost] = missing.keys();
  if (lost !== undefined) {
    throw new DeepError(
      'share-refused',
      `${lost} is missing there, although its author signed it. Nothing of it is used.`,
      { hint: 'Tell whoever shares it; a new version mends it.' }
    );
  }
}

async function fetchFile(
  place: IPlace,
  from: string,
  { path: at, sizeBytes, sha256 }: SharedManifest['files'][number],
  part: string,
  signal: AbortSignal
): Promise<void> {
  const target = path.join(part, ...at.split('/'));
  const there = await lstat(target).catch(() => undefined);
  if (there?.isFile() && there.size === sizeBytes) {
    // A kill may have left the length without the bytes.
    if ((await hashOf(target)) === sha256) {
      return;
    }
  }
  await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
  const body = await place.read(`${from}/${at}`, sizeBytes, signal);
  const hash = createHash('sha256');
  let bytes = 0;
  const checked = new Transform({
    transform(piece: Buffer, _encoding, done) {
      bytes += piece.length;
      hash.update(piece);
      done(bytes > sizeBytes ? tooLong(at) : null, piece);
    }
  });
  const file = createWriteStream(target, { mode: 0o600, flush: true });
  await pipeline(body, checked, file, { signal });
  if (bytes !== sizeBytes || hash.digest('hex') !== sha256) {
    await rm(target, { force: true });
    throw altered(at);
  }
}

const altered = (at: string): DeepError =>
  new DeepError(
    'share-refused',
    `${at} is not what its author signed: somebody has changed it since. Nothing of it is used.`,
    { hint: 'Tell whoever shares it; a new version mends it.' }
  );

const unsigned = (at: string): DeepError =>
  new DeepError(
    'share-refused',
    `${at} lies there beside what its author signed. Nothing of it is used.`,
    { hint: 'Tell whoever shares it; a new version mends it.' }
  );
