import type { ModuleExample } from '@jupyterlab-deep/protocol';
import { PathExt } from '@jupyterlab/coreutils';
import { Contents, ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { InferenceClient } from './client';

/** A file for an argument, before it is sent. */
export type ChosenFile = IJupyterFile | IBrowserFile | IExampleFile | IUrlFile;

interface IFileFacts {
  name: string;

  /** `null` where it is not known. */
  sizeBytes: number | null;
}

/** In Jupyter's own file system: it is named, never sent. */
export interface IJupyterFile extends IFileFacts {
  kind: 'jupyter';

  /** Below the root of Jupyter. */
  path: string;
}

/** Held by the browser: it is uploaded when it is needed. */
export interface IBrowserFile extends IFileFacts {
  kind: 'browser';
  blob: Blob;

  /** Where it comes from, for people. */
  origin: string;
}

/** Brought along by the module. */
export interface IExampleFile extends IFileFacts {
  kind: 'example';
  module: string;
  example: string;
  argument: string;
}

/** On the web: the service fetches it when it is needed. */
export interface IUrlFile extends IFileFacts {
  kind: 'url';
  url: string;

  /** The user confirmed that the address need not be public. */
  allowPrivate?: boolean;
}

/** The drives whose files are those of the server's own disk; collaboration serves the same files under its own name. */
const LOCAL_DRIVES = ['', 'RTC'];

/**
 * A file of Jupyter's file browser.
 *
 * A file of another drive is not on Jupyter's disk: its bytes are fetched here and uploaded later.
 */
export async function fromContents(
  contents: Contents.IManager,
  path: string,
  trans: TranslationBundle
): Promise<ChosenFile> {
  const model = await contents.get(path, { content: false });
  if (model.type === 'directory') {
    throw new Error(trans.__('“%1” is a folder. Choose one file.', model.name));
  }
  const drive = contents.driveName(path);
  const { name, size: sizeBytes = null } = model;
  if (LOCAL_DRIVES.includes(drive)) {
    return { kind: 'jupyter', path: contents.localPath(path), name, sizeBytes };
  }
  const blob = await fetchOfDrive(contents, path);
  return { kind: 'browser', blob, origin: drive, name, sizeBytes: blob.size };
}

/** A file of the computer in front of the user. */
export function fromComputer(file: File, trans: TranslationBundle): ChosenFile {
  return {
    kind: 'browser',
    blob: file,
    origin: trans.__('this computer'),
    name: file.name,
    sizeBytes: file.size
  };
}

/**
 * A file on the web.
 *
 * @throws Error when it is no address of the web.
 */
export function fromUrl(address: string, trans: TranslationBundle): IUrlFile {
  const url = parsedUrl(address.trim());
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new Error(
      trans.__(
        '“%1” is no address of the web: it begins with https://.',
        address
      )
    );
  }
  const name = PathExt.basename(url.pathname) || url.host;
  return { kind: 'url', url: url.href, name: decoded(name), sizeBytes: null };
}

function parsedUrl(address: string): URL | null {
  try {
    return new URL(address);
  } catch {
    // The caller says so in words.
    return null;
  }
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    // No percent-encoded text: a name as it stands.
    return name;
  }
}

/** The files of a module's example, by argument. */
export function filesOfExample(
  module: string,
  example: ModuleExample
): Map<string, ChosenFile> {
  const entries = Object.entries(example.files).map(
    ([argument, { filename, sizeBytes }]): [string, ChosenFile] => [
      argument,
      {
        kind: 'example',
        module,
        example: example.name,
        argument,
        name: filename,
        sizeBytes
      }
    ]
  );
  return new Map(entries);
}

const PICTURES = ['.png', '.jpg', '.jpeg', '.gif', '.webp', '.bmp', '.avif'];

/** Larger pictures are not worth their transfer for a preview. */
const PREVIEW_BYTES = 25_000_000;

/** Whether a browser can show the file as a picture. */
export function isPreviewable({ name, sizeBytes }: ChosenFile): boolean {
  const extension = PathExt.extname(name).toLowerCase();
  return PICTURES.includes(extension) && (sizeBytes ?? 0) <= PREVIEW_BYTES;
}

/** The bytes of a chosen file, for its preview. */
export async function readChosen(
  file: Exclude<ChosenFile, IUrlFile>,
  client: InferenceClient,
  contents: Contents.IManager
): Promise<Blob> {
  switch (file.kind) {
    case 'browser':
      return file.blob;
    case 'example':
      return client.getExample(file.module, file.example, file.argument);
    case 'jupyter':
      return fetchOfDrive(contents, file.path);
  }
}

async function fetchOfDrive(
  contents: Contents.IManager,
  path: string
): Promise<Blob> {
  const { serverSettings } = contents;
  const url = await contents.getDownloadUrl(path);
  // An address elsewhere gets none of Jupyter's credentials.
  const response = url.startsWith(serverSettings.baseUrl)
    ? await ServerConnection.makeRequest(url, {}, serverSettings)
    : await fetch(url);
  if (!response.ok) {
    throw new ServerConnection.ResponseError(response);
  }
  return response.blob();
}
