import { existsSync } from 'node:fs';
import path from 'node:path';
import { Module } from '@jupyterlab-deep/protocol';
import { readProject } from '../pythonModules/project';
import { plainLine } from './metadata/clean';
import { ICatalogueEntry } from './source';

/** A folder with one of these, and without a manifest of a model folder, is a project of Python. */
export const PROJECT_FILES = ['pyproject.toml', 'setup.cfg', 'setup.py'];

/** Whether a folder is a Python project rather than a model folder. */
export const isPythonFolder = (folder: string): boolean =>
  !existsSync(path.join(folder, 'module.json')) &&
  PROJECT_FILES.some(name => existsSync(path.join(folder, name)));

/** Read one Python project as a module. None of its code runs; what is wrong with it is in `problems`. */
export async function readPythonFolder(
  folder: string,
  described: Module
): Promise<ICatalogueEntry> {
  const module: Module = { ...described, runtime: 'python' };
  const python = { kind: 'folder', folder } as const;
  try {
    const project = await readProject(folder);
    const [entryPoint] = project?.entryPoints ?? [];
    module.summary ||= plainLine(project?.summary);
    module.version ||= plainLine(project?.version, 100);
    module.licence ||= plainLine(project?.licence, 100);
    if (entryPoint === undefined) {
      return broken(
        module,
        'It declares no entry point in the group deepaas.v2.model, so DEEPaaS cannot serve it.'
      );
    }
    if (module.capabilities.length === 0) {
      module.capabilities = ['inference'];
    }
    return { module, folder, python };
  } catch (error) {
    return broken(module, (error as Error).message);
  }
}

const broken = (module: Module, message: string): ICatalogueEntry => ({
  module: {
    ...module,
    broken: true,
    problems: [{ message }, ...module.problems]
  }
});
