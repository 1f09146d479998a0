import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { codeTexts, exampleName } from './codeTexts';
import { IProject, projectTexts } from './projectTexts';
import type { IReadNotebook } from './readNotebook';

/** A notebook, and the folder that its files lie in. */
export interface INotebookSource {
  reading: IReadNotebook;
  folder: string;
}

/** Write a Python module into a folder of its own. @returns the paths of its files. */
export async function writeProject(
  scratch: string,
  project: IProject,
  notebook?: INotebookSource
): Promise<string[]> {
  const texts = {
    ...projectTexts(project),
    ...codeTexts(project, notebook?.reading)
  };
  const written: string[] = [];
  const place = async (name: string): Promise<string> => {
    const file = path.join(scratch, name);
    await mkdir(path.dirname(file), { recursive: true });
    written.push(name);
    return file;
  };
  for (const [name, text] of Object.entries(texts)) {
    await writeFile(await place(name), text, { flush: true });
  }
  for (const [to, from] of Object.entries(copiesOf(notebook))) {
    // A text of ours is never replaced by what lies beside a notebook.
    if (!written.includes(to)) {
      await copyFile(from, await place(to));
    }
  }
  return written.sort();
}

/** What goes along: examples beside the tests, files and modules where the cells look for them. */
function copiesOf(source: INotebookSource | undefined): Record<string, string> {
  if (!source) {
    return {};
  }
  const { reading, folder } = source;
  const beside = [
    ...reading.files,
    ...reading.modules.map(each => `${each}.py`)
  ];
  return Object.fromEntries([
    ...beside.map(name => [name, path.join(folder, name)]),
    ...Object.entries(reading.examples).map(([argument, example]) => [
      `tests/${exampleName(argument, example)}`,
      path.join(folder, example)
    ])
  ]);
}
