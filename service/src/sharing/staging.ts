import { constants } from 'node:fs';
import {
  copyFile,
  mkdir,
  readFile,
  rm,
  stat,
  writeFile
} from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import { DeepError, Module } from '@jupyterlab-deep/protocol';
import { decodeText } from '../catalogue/metadata/decode';
import { parseYaml } from '../catalogue/metadata/parse';
import { storeFailure } from '../store/diskErrors';
import { hashOf } from '../storage/datasets/copy/landing';
import { needSpace } from '../storage/datasets/copy/pull';
import { contentOf, IShareable } from './content';
import { MANIFEST } from './names';
import { SharedManifest } from './sharedManifest';
import { UserKey } from './signing';

const METADATA = 'ai4-metadata.yml';
const NOTEBOOKS = 'notebooks';

/** What is said of a version when it is shared. */
export interface IVersionAbout {
  name: string;
  version: string;
  author: string;
  licence: string;
  note?: string;
  /** Absolute path of a notebook that goes along. */
  notebook?: string;
}

/**
 * Lay out a version as it will be shared, so that nobody changes it while it goes, and sign it.
 *
 * @returns what was signed
 * @throws DeepError `no-space`, `invalid-request`, `conflict` when a file changed meanwhile
 */
export async function stage(
  shareable: IShareable,
  about: IVersionAbout,
  key: UserKey,
  stageFolder: string,
  signal: AbortSignal
): Promise<SharedManifest> {
  try {
    await rm(stageFolder, { recursive: true, force: true });
    await mkdir(stageFolder, { recursive: true, mode: 0o700 });
    if (shareable.folder !== undefined) {
      await copyContent(shareable.folder, stageFolder, signal);
    }
    const notebook = await addNotebook(about.notebook, stageFolder);
    await writeVersion(stageFolder, about);
    const metadata = await addMetadata(shareable.module, stageFolder);
    const manifest: SharedManifest = {
      format: 1,
      name: about.name,
      version: about.version,
      kind: shareable.kind,
      title: shareable.module.title.slice(0, 500),
      author: about.author.slice(0, 500),
      licence: about.licence,
      publishedAt: new Date().toISOString(),
      ...(about.note && { note: about.note }),
      ...(shareable.kind === 'image' && { image: shareable.module.image }),
      ...(notebook && { notebook }),
      metadata,
      files: await sums(stageFolder, signal)
    };
    const signed = await key.sign(JSON.stringify(manifest));
    await writeFile(
      path.join(stageFolder, MANIFEST),
      `${JSON.stringify(signed)}\n`,
      { flush: true }
    );
    return manifest;
  } catch (error) {
    throw storeFailure(error, stageFolder);
  }
}

async function copyContent(
  from: string,
  to: string,
  signal: AbortSignal
): Promise<void> {
  const { files, sizeBytes } = await contentOf(from);
  await needSpace(to, sizeBytes);
  for (const file of files) {
    signal.throwIfAborted();
    const target = path.join(to, file.path);
    await mkdir(path.dirname(target), { recursive: true });
    await copyFile(
      path.join(from, file.path),
      target,
      constants.COPYFILE_FICLONE
    );
    if ((await stat(target)).size !== file.sizeBytes) {
      throw new DeepError(
        'conflict',
        `${file.path} was changed while it was copied.`,
        { hint: 'Wait until whatever writes it has ended, and try again.' }
      );
    }
  }
}

async function addNotebook(
  notebook: string | undefined,
  stageFolder: string
): Promise<string | undefined> {
  if (notebook === undefined) {
    return undefined;
  }
  const at = `${NOTEBOOKS}/${path.basename(notebook)}`;
  await mkdir(path.join(stageFolder, NOTEBOOKS), { recursive: true });
  await copyFile(notebook, path.join(stageFolder, at)).catch(error => {
    throw new DeepError(
      'not-found',
      `The notebook ${notebook} cannot be read: ${(error as Error).message}.`,
      { cause: error }
    );
  });
  return at;
}

/** The manifest of a model folder says the version and licence that are shared. */
async function writeVersion(
  stageFolder: string,
  { version, licence }: IVersionAbout
): Promise<void> {
  const file = path.join(stageFolder, 'module.json');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text !== undefined) {
    const said = JSON.parse(text) as Record<string, unknown>;
    const news = { ...said, version, ...(licence && { license: licence }) };
    await writeFile(file, `${JSON.stringify(news, null, 2)}\n`, {
      flush: true
    });
  }
}

/** What describes it, made from what is known where nobody has written it. */
async function addMetadata(
  module: Module,
  stageFolder: string
): Promise<Record<string, unknown>> {
  const file = path.join(stageFolder, METADATA);
  const there = await readFile(file).catch(() => undefined);
  if (there === undefined) {
    const made = metadataOf(module);
    await writeFile(file, stringify(made), { flush: true });
    return made;
  }
  const parsed = await parseYaml(decodeText(there));
  if ('problem' in parsed) {
    throw new DeepError(
      'module-broken',
      `Its ${METADATA} cannot be read: ${parsed.problem.message}`,
      { hint: 'Mend it, then share it.' }
    );
  }
  return parsed.value;
}

const CATEGORIES: Record<Module['capabilities'][number], string> = {
  inference: 'AI4 inference',
  trainable: 'AI4 trainable',
  'pre-trained': 'AI4 pre trained',
  tool: 'AI4 tools'
};

/** AI4 metadata, version 2. */
function metadataOf(module: Module): Record<string, unknown> {
  const day = new Date().toISOString().slice(0, 10);
  const orOther = (values: string[]): string[] =>
    values.length > 0 ? values : ['Other'];
  return {
    metadata_version: '2.3.0',
    title: module.title,
    summary: module.summary || module.title,
    description: module.description || module.summary || module.title,
    dates: { created: day, updated: day },
    links: {
      source_code: 'https://example.org/jupyterlab-deep',
      ...module.links,
      ...(module.image && { docker_image: module.image })
    },
    tags: module.tags,
    tasks: orOther(module.tasks),
    categories: module.capabilities.map(each => CATEGORIES[each]),
    libraries: orOther(module.libraries),
    'data-type': orOther(module.dataTypes)
  };
}

async function sums(
  stageFolder: string,
  signal: AbortSignal
): Promise<SharedManifest['files']> {
  const { files } = await contentOf(stageFolder);
  const summed: SharedManifest['files'] = [];
  for (const { path: at, sizeBytes } of files) {
    signal.throwIfAborted();
    const sha256 = await hashOf(path.join(stageFolder, at));
    summed.push({ path: at, sizeBytes, sha256 });
  }
  return summed;
}
