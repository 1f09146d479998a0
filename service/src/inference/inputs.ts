import { constants } from 'node:fs';
import { copyFile, link, stat } from 'node:fs/promises';
import path from 'node:path';
import { DeepError, FileInput } from '@jupyterlab-deep/protocol';
import { ISettings } from '../admin/config';
import { Catalogue } from '../catalogue/catalogue';
import { RemoteFailure } from '../catalogue/remote/failure';
import { typeOfName } from '../http/content';
import { IRunInput } from '../runs/journal';
import { IWork } from '../runs/running';
import { storeFailure } from '../store/diskErrors';
import { Store } from '../store/store';
import { locateJupyterFile } from './jupyterFile';
import { Uploads } from './uploads';
import { checkFileAddress, fetchFile, IFileAddress } from './urlFile';

/** Larger files are not copied into the run: it refers to them as they were then. */
const MAX_COPIED_BYTES = 32 * 1024 * 1024;

/** Who asks, which decides what they may name. */
export interface IAsker {
  /** Root of Jupyter's contents. */
  root?: string;
  /** Came through the door: then it may be a web page, and only files that Jupyter shows count. */
  isBrowser: boolean;
}

/** Finds the files that a prediction names, and keeps them with its run. */
export class Inputs {
  constructor(private readonly _parts: Inputs.IParts) {}

  /**
   * Find every file before anything is started.
   *
   * @throws DeepError `invalid-arguments` by argument; `too-large`, `unauthorized`, `not-found`
   */
  async find(
    module: string,
    files: Record<string, FileInput>,
    asker: IAsker
  ): Promise<IRunInput[]> {
    const inputs: IRunInput[] = [];
    for (const [argument, file] of Object.entries(files)) {
      if (file.from === 'url') {
        inputs.push(await this._announce(argument, file));
        continue;
      }
      const located = await this._locate(module, argument, file, asker);
      inputs.push(await this._check(argument, located));
    }
    return inputs;
  }

  /**
   * Keep what the run works on, so that it can be shown beside its result.
   *
   * @throws DeepError `no-space`
   */
  async keep(run: string, inputs: IRunInput[]): Promise<IRunInput[]> {
    const folder = await this._parts.store.makeFolder('runs', run);
    const kept: IRunInput[] = [];
    for (const [index, input] of inputs.entries()) {
      kept.push(
        await this._keepOne(input, path.join(folder, `input-${index}`))
      );
    }
    return kept;
  }

  /**
   * Fetch what addresses name, to where `keep` has said that it will lie.
   *
   * @throws DeepError `invalid-arguments` by argument, `no-space`; the signal's reason.
   */
  async fetch(inputs: IRunInput[], work: IWork): Promise<IRunInput[]> {
    const fetched: IRunInput[] = [];
    for (const input of inputs) {
      const { address } = input;
      fetched.push(
        address ? await this._fetchOne({ ...input, address }, work) : input
      );
    }
    return fetched;
  }

  private async _fetchOne(
    input: IRunInput & { address: IFileAddress },
    work: IWork
  ): Promise<IRunInput> {
    const { store, uploads, network } = this._parts;
    const { argument, name, address } = input;
    const phase = `Fetching ${name} from ${new URL(address.url).host}`;
    const startedAt = new Date().toISOString();
    work.update({ state: 'running', startedAt, phase, progress: undefined });
    try {
      const found = await fetchFile(address, input.path, {
        network,
        maxBytes: uploads.maxBytes,
        signal: work.signal,
        onProgress: seldom((done, total = done) =>
          work.update({ phase, progress: { done, total, unit: 'bytes' } })
        )
      });
      return { ...input, ...found };
    } catch (error) {
      if (error instanceof RemoteFailure) {
        const says = `${name} could not be fetched: ${error.message}`;
        throw wrongFile(argument, says);
      }
      throw storeFailure(error, store.folder);
    }
  }

  private async _announce(
    argument: string,
    { url, allowPrivate }: IFileAddress
  ): Promise<IRunInput> {
    const address = { url, allowPrivate };
    try {
      const name = await checkFileAddress(address, this._parts.network);
      const contentType = typeOfName(name);
      return { argument, name, path: '', contentType, sizeBytes: 0, address };
    } catch (error) {
      const { key, detail, hint } = error as DeepError;
      throw error instanceof DeepError
        ? new DeepError(key, detail, { hint, fields: { [argument]: [detail] } })
        : error;
    }
  }

  private async _keepOne(input: IRunInput, copy: string): Promise<IRunInput> {
    const { store } = this._parts;
    if (input.address) {
      return { ...input, path: copy };
    }
    const isUpload = input.path.startsWith(path.join(store.folder, 'uploads'));
    try {
      if (isUpload) {
        await linkOrCopy(input.path, copy);
      } else if (input.sizeBytes <= MAX_COPIED_BYTES) {
        await copyFile(input.path, copy, constants.COPYFILE_FICLONE);
      } else {
        return input;
      }
    } catch (error) {
      throw storeFailure(error, store.folder);
    }
    const { modifiedMs: _modifiedMs, ...rest } = input;
    return { ...rest, path: copy };
  }

  private async _locate(
    module: string,
    argument: string,
    file: Exclude<FileInput, { from: 'url' }>,
    asker: IAsker
  ): Promise<ILocated> {
    switch (file.from) {
      case 'jupyter':
        return named(locateJupyterFile(asker.root, file.path));
      case 'path':
        return named(ownPath(file.path, asker));
      case 'upload':
        return this._locateUpload(file.id);
      case 'example':
        return this._locateExample(module, file.example, argument);
    }
  }

  private _locateUpload(id: string): ILocated {
    const { uploads } = this._parts;
    const upload = uploads.get(id);
    if (upload.receivedBytes < upload.sizeBytes) {
      throw new DeepError(
        'conflict',
        `The upload of ${upload.filename} is not complete: ${upload.receivedBytes} of ${upload.sizeBytes} bytes have come.`,
        { hint: 'Wait until it is, or upload it again.' }
      );
    }
    const { filename: name, contentType } = upload;
    const { sizeBytes } = upload;
    return { file: uploads.fileOf(id), name, contentType, sizeBytes };
  }

  private async _locateExample(
    module: string,
    example: string,
    argument: string
  ): Promise<ILocated> {
    const { catalogue } = this._parts;
    const found = await catalogue.exampleFile(module, example, argument);
    return { ...found, name: found.filename };
  }

  private async _check(
    argument: string,
    located: ILocated
  ): Promise<IRunInput> {
    const { file, name, contentType } = located;
    const info = await stat(file).catch(error => {
      throw wrongFile(argument, `${name} cannot be read: ${why(error)}.`);
    });
    if (!info.isFile()) {
      throw wrongFile(argument, `${name} is not a file.`);
    }
    if (located.sizeBytes !== undefined && info.size !== located.sizeBytes) {
      throw wrongFile(
        argument,
        `The upload of ${name} is damaged: ${info.size} of its ${located.sizeBytes} bytes are there.`
      );
    }
    if (info.size === 0) {
      throw wrongFile(argument, `${name} is empty.`);
    }
    this._parts.uploads.checkSize(name, info.size);
    const { size: sizeBytes, mtimeMs: modifiedMs } = info;
    return { argument, name, path: file, contentType, sizeBytes, modifiedMs };
  }
}

export namespace Inputs {
  export interface IParts {
    catalogue: Catalogue;
    uploads: Uploads;
    store: Store;
    network: ISettings['network'];
  }
}

/** News of a transfer are worth telling so often. */
const NEWS_MS = 250;

function seldom<T extends unknown[]>(
  tell: (...args: T) => void
): (...args: T) => void {
  let toldMs = 0;
  return (...args) => {
    if (Date.now() - toldMs >= NEWS_MS) {
      toldMs = Date.now();
      tell(...args);
    }
  };
}

interface ILocated {
  file: string;
  name: string;
  contentType: string;
  /** What it must have, where that is known. */
  sizeBytes?: number;
}

/** Some file systems have no hard links, or not between these two places. */
const NO_LINKS = new Set(['EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'EPERM', 'EXDEV']);

async function linkOrCopy(file: string, copy: string): Promise<void> {
  try {
    await link(file, copy);
  } catch (error) {
    if (!NO_LINKS.has((error as NodeJS.ErrnoException).code ?? '')) {
      throw error;
    }
    await copyFile(file, copy, constants.COPYFILE_FICLONE);
  }
}

const named = (file: string): ILocated => ({
  file,
  name: path.basename(file),
  contentType: typeOfName(file)
});

function ownPath(file: string, { isBrowser }: IAsker): string {
  if (isBrowser) {
    throw new DeepError(
      'unauthorized',
      'Only kernels may name files by their path on this machine.',
      { hint: 'Choose the file in the file browser, or upload it.' }
    );
  }
  if (!path.isAbsolute(file)) {
    throw new DeepError('invalid-request', `“${file}” is no absolute path.`);
  }
  return file;
}

const wrongFile = (argument: string, says: string): DeepError =>
  new DeepError('invalid-arguments', says, {
    hint: 'Choose another file.',
    fields: { [argument]: [says] }
  });

const why = ({ code, message }: NodeJS.ErrnoException): string =>
  code === 'ENOENT'
    ? 'it does not exist'
    : code === 'EACCES'
      ? 'you are not allowed to'
      : message;
