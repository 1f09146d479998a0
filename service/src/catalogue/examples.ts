import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  DeepError,
  MetadataProblem,
  ModuleExample
} from '@jupyterlab-deep/protocol';
import { typeOfName } from '../http/content';
import { Manifest } from './manifest';

/** The examples of a module whose files are there, and what is wrong with the others. */
export async function listExamples(
  folder: string,
  manifest: Manifest
): Promise<{ examples: ModuleExample[]; problems: MetadataProblem[] }> {
  const examples: ModuleExample[] = [];
  const problems: MetadataProblem[] = [];
  for (const example of manifest.examples ?? []) {
    try {
      const files = await describeFiles(folder, example.files ?? {});
      const { name, title } = example;
      examples.push({ name, title, arguments: example.arguments ?? {}, files });
    } catch (error) {
      const message = `The example ${example.name} is left out: ${(error as Error).message}`;
      problems.push({ key: `examples.${example.name}`, message });
    }
  }
  return { examples, problems };
}

async function describeFiles(
  folder: string,
  files: Record<string, string>
): Promise<ModuleExample['files']> {
  const described = Object.entries(files).map(async ([argument, file]) => {
    const { size } = await stat(await fileWithin(folder, file));
    const filename = path.basename(file);
    const about = {
      filename,
      contentType: typeOfName(filename),
      sizeBytes: size
    };
    return [argument, about] as const;
  });
  return Object.fromEntries(await Promise.all(described));
}

/** Paths of the examples' files, by `example/argument`. */
export function listExampleFiles(manifest: Manifest): Record<string, string> {
  const paths = (manifest.examples ?? []).flatMap(({ name, files }) =>
    Object.entries(files ?? {}).map(
      ([argument, file]) => [`${name}/${argument}`, file] as const
    )
  );
  return Object.fromEntries(paths);
}

/**
 * A file that a module folder names, by its real path.
 *
 * @throws DeepError `not-found` when it is missing, is no file, or lies outside of the folder.
 */
export async function fileWithin(
  folder: string,
  file: string
): Promise<string> {
  const root = await realpath(folder);
  const real = await realpath(path.resolve(root, file)).catch(() => undefined);
  if (!real) {
    throw new DeepError('not-found', `${file} is missing.`);
  }
  if (!real.startsWith(root + path.sep)) {
    throw new DeepError('not-found', `${file} lies outside of the module.`);
  }
  if (!(await stat(real)).isFile()) {
    throw new DeepError('not-found', `${file} is not a file.`);
  }
  return real;
}
