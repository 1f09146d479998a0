import type { Stats } from 'node:fs';
import { opendir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  MetadataProblem,
  Module,
  SERVED_TOPOLOGY
} from '@jupyterlab-deep/protocol';
import { listExampleFiles, listExamples } from './examples';
import { Manifest, readManifest } from './manifest';
import { bareModule, ModuleReader } from './metadata/readModule';
import {
  isPythonFolder,
  PROJECT_FILES,
  readPythonFolder
} from './pythonFolder';
import { ICatalogueEntry } from './source';

const MANIFEST = 'module.json';
const METADATA = 'ai4-metadata.yml';
/** What the tasks of model folders take and give, in a word or two; classes are counted where they have names. */
const TASKS: Record<string, { input: string; output?: string }> = {
  'image-classification': { input: 'image' },
  'tabular-classification': { input: 'table' },
  'tabular-regression': { input: 'table', output: 'a number' },
  'voice-activity-detection': { input: 'audio', output: 'times of speech' },
  topology: { input: 'a request', output: 'what its modules make of it' }
};

/** A TensorFlow.js model, in place of an ONNX one. */
const TFJS = 'model.json';
/** A model folder's files; which of them it needs is for its kind and task to say. */
const FILES = [
  'config.json',
  'preprocessor_config.json',
  'onnx/model.onnx',
  TFJS,
  SERVED_TOPOLOGY
];

interface IReadOptions {
  /** Somebody is writing in it: metadata that are half typed stop nobody. */
  isEdited?: boolean;
}

/**
 * Read one model folder as a module. Whatever is wrong with it is said in `problems`;
 * what cannot be used for it is `broken`.
 *
 * @param source Id and title of the source that has it.
 */
export async function readModelFolder(
  source: { id: string; title: string },
  folder: string,
  reader: ModuleReader,
  { isEdited = false }: IReadOptions = {}
): Promise<ICatalogueEntry> {
  const describe = async (isOptional: boolean): Promise<Module> => {
    const said = await readMetadataOf(source, folder, reader, isOptional);
    return { ...said, broken: said.broken && !isEdited };
  };
  if (isPythonFolder(folder)) {
    const described = await describe(true);
    return readPythonFolder(folder, described);
  }
  const [manifest, present, described] = await Promise.all([
    readManifestOf(folder),
    listPresent(folder),
    describe(false)
  ]);
  const isUsable = !('problems' in manifest);
  const task = isUsable ? manifest.task : '';
  const missing = neededFiles(task, present)
    .filter(name => !present.includes(name))
    .map(name => ({ message: `The model file ${name} is missing.` }));
  const module: Module = {
    ...described,
    runtime: 'onnx',
    problems: [
      ...('problems' in manifest ? manifest.problems : []),
      ...missing,
      ...described.problems
    ],
    broken: !isUsable || missing.length > 0 || described.broken,
    sizeBytes: await sizeOf(folder)
  };
  if (isUsable) {
    await addManifest(module, manifest, folder);
  }
  const exampleFiles = isUsable ? listExampleFiles(manifest) : {};
  const isDraft = isUsable && manifest.draft !== undefined;
  return { module, folder, exampleFiles, ...(isDraft && { isDraft }) };
}

async function readManifestOf(
  folder: string
): Promise<Manifest | { problems: MetadataProblem[] }> {
  const text = await readText(path.join(folder, MANIFEST));
  return typeof text === 'string'
    ? readManifest(text)
    : { problems: [{ message: `${MANIFEST} cannot be read: ${text.why}.` }] };
}

async function readMetadataOf(
  source: { id: string; title: string },
  folder: string,
  reader: ModuleReader,
  isOptional: boolean
): Promise<Module> {
  const about = {
    source: source.id,
    sourceTitle: source.title,
    name: path.basename(folder),
    file: METADATA
  };
  try {
    const bytes = await readSettings(path.join(folder, METADATA));
    return await reader.read(about, bytes);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (isOptional && code === 'ENOENT') {
      return bareModule(about);
    }
    // It can be used without: the model says what it takes.
    const message = `${METADATA} cannot be read: ${whyOf(error)}.`;
    return { ...bareModule(about), problems: [{ message }] };
  }
}

/** The same as whoever serves the model reads of a file of settings. */
const MAX_SETTINGS_BYTES = 16 * 1024 ** 2;

/** Neither what never ends nor what fills the memory. */
async function readSettings(file: string): Promise<Buffer> {
  const info = await stat(file);
  if (!info.isFile()) {
    throw new Error('it is no file');
  }
  if (info.size > MAX_SETTINGS_BYTES) {
    throw new Error(
      `it has ${info.size} bytes; at most ${MAX_SETTINGS_BYTES} are read`
    );
  }
  return readFile(file);
}

async function readText(file: string): Promise<string | { why: string }> {
  try {
    return (await readSettings(file)).toString('utf8');
  } catch (error) {
    return { why: whyOf(error) };
  }
}

function whyOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' ? 'it is missing' : message;
}

async function listPresent(folder: string): Promise<string[]> {
  const infos = await Promise.all(
    FILES.map(name => statOf(path.join(folder, name)))
  );
  return FILES.filter((_, index) => infos[index]?.isFile());
}

/** Without one of these a model folder cannot be served. */
function neededFiles(task: string, present: string[]): string[] {
  if (task === 'topology') {
    return [SERVED_TOPOLOGY];
  }
  const isTfjs = present.includes(TFJS) && !present.includes('onnx/model.onnx');
  const model = isTfjs ? TFJS : 'onnx/model.onnx';
  const isTable = task.startsWith('tabular-');
  return [
    ...(isTfjs && task === 'tabular-regression' ? [] : ['config.json']),
    ...(isTable ? [] : ['preprocessor_config.json']),
    model
  ];
}

const statOf = (file: string): Promise<Stats | undefined> =>
  stat(file).catch(() => undefined);

/**
 * Changes with the files that a model folder was read from: while it stays, reading would say the same. That of the folder alone is
 * its beginning.
 */
export async function fingerprintOf({
  folder = '',
  exampleFiles = {}
}: Omit<ICatalogueEntry, 'module'>): Promise<string> {
  const names = [
    '.',
    MANIFEST,
    METADATA,
    ...FILES,
    ...PROJECT_FILES,
    ...Object.values(exampleFiles)
  ];
  const infos = await Promise.all(
    names.map(name => statOf(path.join(folder, name)))
  );
  return infos.map(info => `${info?.mtimeMs} ${info?.size}`).join();
}

/** Names as identifiers allow them; what had to be changed makes the module unusable. */
const VALID_NAME = /^[A-Za-z0-9._-]+$/;

/** Whether a folder's name can be a module's name. */
export const isModuleName = (name: string): boolean => VALID_NAME.test(name);

async function addManifest(
  module: Module,
  manifest: Manifest,
  folder: string
): Promise<void> {
  module.version = manifest.version;
  module.licence = manifest.license ?? module.licence;
  module.citation = manifest.citation ?? module.citation;
  const about = TASKS[manifest.task];
  if (about) {
    module.input = about.input;
    module.output = about.output ?? (await countLabels(folder));
  }
  if (manifest.name !== module.name) {
    module.problems.push({
      key: 'name',
      message: `module.json calls it ${manifest.name}; the folder's name ${module.name} counts.`
    });
  }
  const { examples, problems } = await listExamples(folder, manifest);
  module.examples = examples;
  module.problems.push(...problems);
}

async function countLabels(folder: string): Promise<string> {
  const text = await readText(path.join(folder, 'config.json'));
  try {
    const { id2label } = JSON.parse(String(text)) as { id2label?: object };
    const count = Object.keys(id2label ?? {}).length;
    return count > 0 ? `${count.toLocaleString('en')} labels` : 'labels';
  } catch {
    // A missing or damaged config.json is said by whoever starts the model.
    return 'labels';
  }
}

/** Folders with more hold something else beside the model, and counting it would take its time. */
const MAX_COUNTED = 500;

/** Bytes of everything in a folder; undefined where that is too much to count, or cannot be read. */
async function sizeOf(folder: string): Promise<number | undefined> {
  const files: string[] = [];
  try {
    for await (const entry of await opendir(folder, { recursive: true })) {
      if (entry.isFile()) {
        files.push(path.join(entry.parentPath, entry.name));
      }
      if (files.length > MAX_COUNTED) {
        return undefined;
      }
    }
    const infos = await Promise.all(files.map(file => stat(file)));
    return infos.reduce((sum, { size }) => sum + size, 0);
  } catch {
    // A folder that cannot be walked through has problems enough of its own.
    return undefined;
  }
}
