import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { Capability, MetadataProblem, Module } from '@jupyterlab-deep/protocol';
import { listExampleFiles, listExamples } from './examples';
import { Manifest, readManifest } from './manifest';
import { IMetadataReading, Metadata, readMetadata } from './metadata';

/** Without one of these a model folder cannot be served. */
const NEEDED = ['config.json', 'preprocessor_config.json', 'onnx/model.onnx'];

const CAPABILITIES: Record<string, Capability> = {
  'AI4 inference': 'inference',
  'AI4 trainable': 'trainable',
  'AI4 pre trained': 'pre-trained',
  'AI4 tools': 'tool'
};

/** A module and the folder that it is. */
export interface IFolderModule {
  module: Module;
  folder: string;
  /** File arguments of the examples: the path inside the folder by `example/argument`. */
  exampleFiles: Record<string, string>;
}

/**
 * Read one model folder as a module. Whatever is wrong with it is said in `problems`;
 * what cannot be used for it is `broken`.
 */
export async function readModelFolder(
  source: string,
  folder: string
): Promise<IFolderModule> {
  const name = path.basename(folder);
  const manifest = await readManifestOf(folder);
  const reading = await readMetadataOf(folder);
  const isUsable = !('problems' in manifest);
  const missing = await listMissing(folder);
  const module = describe(source, name, reading.metadata);
  module.problems.push(
    ...('problems' in manifest ? manifest.problems : []),
    ...missing,
    ...reading.problems
  );
  module.broken = !isUsable || missing.length > 0 || reading.isUnreadable;
  // A folder that cannot be walked through has problems enough of its own.
  module.sizeBytes = await sizeOf(folder).catch(() => undefined);
  if (isUsable) {
    await addManifest(module, manifest, folder);
  }
  const exampleFiles = isUsable ? listExampleFiles(manifest) : {};
  return { module, folder, exampleFiles };
}

async function readManifestOf(
  folder: string
): Promise<Manifest | { problems: MetadataProblem[] }> {
  const text = await readText(path.join(folder, 'module.json'));
  return typeof text === 'string'
    ? readManifest(text)
    : { problems: [{ message: `module.json cannot be read: ${text.why}.` }] };
}

async function readMetadataOf(folder: string): Promise<IMetadataReading> {
  const text = await readText(path.join(folder, 'ai4-metadata.yml'));
  if (typeof text === 'string') {
    return readMetadata(text);
  }
  const message = `ai4-metadata.yml cannot be read: ${text.why}.`;
  return { metadata: {}, problems: [{ message }], isUnreadable: false };
}

async function readText(file: string): Promise<string | { why: string }> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { why: code === 'ENOENT' ? 'it is missing' : message };
  }
}

async function listMissing(folder: string): Promise<MetadataProblem[]> {
  const problems: MetadataProblem[] = [];
  for (const name of NEEDED) {
    const info = await stat(path.join(folder, name)).catch(() => undefined);
    if (!info?.isFile()) {
      problems.push({ message: `The model file ${name} is missing.` });
    }
  }
  return problems;
}

/** Names as identifiers allow them; what had to be changed makes the module unusable. */
const VALID_NAME = /^[A-Za-z0-9._-]+$/;

function describe(
  source: string,
  name: string,
  metadata: Partial<Metadata>
): Module {
  const dataTypes = metadata['data-type'] ?? [];
  const needs = metadata.resources?.inference;
  return {
    id: `${source}/${name}`,
    source,
    name,
    title: metadata.title ?? name,
    summary: metadata.summary ?? '',
    description: metadata.description ?? '',
    version: '',
    licence: '',
    capabilities: (metadata.categories ?? []).flatMap(
      category => CAPABILITIES[category] ?? []
    ),
    tasks: metadata.tasks ?? [],
    libraries: metadata.libraries ?? [],
    dataTypes,
    tags: metadata.tags ?? [],
    input: dataTypes.join(', ').toLowerCase(),
    output: '',
    links: metadata.links ?? {},
    ...(needs && {
      resources: {
        cpu: needs.cpu,
        gpu: needs.gpu,
        memoryMb: needs.memory_MB,
        storageMb: needs.storage_MB
      }
    }),
    runtime: 'onnx',
    examples: [],
    problems: [],
    broken: false
  };
}

/** Whether a folder's name can be a module's name. */
export const isModuleName = (name: string): boolean => VALID_NAME.test(name);

async function addManifest(
  module: Module,
  manifest: Manifest,
  folder: string
): Promise<void> {
  module.version = manifest.version;
  module.licence = manifest.license ?? '';
  module.citation = manifest.citation;
  if (manifest.task === 'image-classification') {
    module.input = 'image';
    module.output = await countLabels(folder);
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

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, {
    recursive: true,
    withFileTypes: true
  });
  const files = entries.filter(entry => entry.isFile());
  const sizes = await Promise.all(
    files.map(async ({ parentPath, name }) => {
      const info = await stat(path.join(parentPath, name));
      return info.size;
    })
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
