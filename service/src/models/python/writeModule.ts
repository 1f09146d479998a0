import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  IModelFolder,
  openModelFolder
} from '@jupyterlab-deep/kernel-helpers/models';
import { DeepError, WrittenPythonModule } from '@jupyterlab-deep/protocol';
import { fillFolder } from '../../develop/scaffold/emptyFolder';
import { IProjectExample, packageNameOf, projectTexts } from './projectTexts';

const METADATA = 'ai4-metadata.yml';
const TASKS = [
  'image-classification',
  'tabular-classification',
  'tabular-regression'
];

/**
 * Write a Python project with the API of DEEPaaS for a model folder.
 *
 * @param to Where it goes: nothing may lie there, or an empty folder.
 * @throws DeepError `conflict`, `module-not-implemented`, `model-invalid`, `no-space`; nothing is left behind then.
 */
export async function writePythonModule(
  from: string,
  to: string
): Promise<WrittenPythonModule> {
  let files: string[] = [];
  let name = '';
  await fillFolder(to, async scratch => {
    const folder = await openModelFolder(from);
    refuseOthers(folder);
    files = await fill(scratch, folder);
    name = packageNameOf(folder.manifest.name);
  });
  return { folder: to, package: name, files, says: saysOf(to, name) };
}

function refuseOthers({ format, manifest }: IModelFolder): void {
  if (format === 'tfjs') {
    throw new DeepError(
      'module-not-implemented',
      'A Python module cannot be made of a TensorFlow.js model: Python has nothing that runs it.',
      { hint: 'Export the model to ONNX and save that.' }
    );
  }
  if (!TASKS.includes(manifest.task ?? '')) {
    throw new DeepError(
      'module-not-implemented',
      `A Python module cannot be made for the task ${manifest.task}.`,
      { hint: `It can for ${TASKS.join(', ')}.` }
    );
  }
}

async function fill(scratch: string, folder: IModelFolder): Promise<string[]> {
  const written: string[] = [];
  const place = async (name: string): Promise<string> => {
    const file = path.join(scratch, name);
    await mkdir(path.dirname(file), { recursive: true });
    written.push(name);
    return file;
  };
  const example = exampleOf(folder);
  for (const [name, text] of Object.entries(
    projectTexts(folder, example?.inProject)
  )) {
    await writeFile(await place(name), text, { flush: true });
  }
  const model = `${packageNameOf(folder.manifest.name)}/model`;
  for (const name of await modelFiles(folder)) {
    const from = path.join(folder.path, 'onnx', name);
    await copyFile(from, await place(`${model}/${name}`));
  }
  for (const [name, from] of Object.entries(example?.copied ?? {})) {
    await copyFile(path.join(folder.path, from), await place(`tests/${name}`));
  }
  await copyFile(path.join(folder.path, METADATA), await place(METADATA));
  return written.sort();
}

/** The network, and what it refers to beside it. */
async function modelFiles({ path: folder }: IModelFolder): Promise<string[]> {
  const entries = await readdir(path.join(folder, 'onnx'), {
    recursive: true,
    withFileTypes: true
  });
  return entries
    .filter(entry => entry.isFile())
    .map(({ parentPath, name }) =>
      path.relative(path.join(folder, 'onnx'), path.join(parentPath, name))
    );
}

/** What the model's first example becomes beside the project's tests. */
function exampleOf({
  manifest
}: IModelFolder):
  { inProject: IProjectExample; copied: Record<string, string> } | undefined {
  const [example] = manifest.examples ?? [];
  if (!example) {
    return undefined;
  }
  const copied: Record<string, string> = {};
  const files: Record<string, string> = {};
  for (const [argument, from] of Object.entries(example.files ?? {})) {
    const name = `example${path.extname(from)}`;
    copied[name] = from;
    files[argument] = name;
  }
  return {
    inProject: { arguments: example.arguments ?? {}, files },
    copied
  };
}

const saysOf = (to: string, name: string): string[] => [
  `The project is in ${to}; all that belongs to this model is in ${name}/settings.json and ${name}/labels.json.`,
  `It runs here as any Python module: take “Run a Python module…” and name the folder.`,
  `As a container: podman build -t ${name.replaceAll('_', '-')} ${JSON.stringify(to)}.`
];
