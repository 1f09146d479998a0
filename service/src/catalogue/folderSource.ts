import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { CatalogueSource } from '@jupyterlab-deep/protocol';
import { IFolderModule, isModuleName, readModelFolder } from './modelFolder';

/** The modules of one source, as they are now. */
export interface ISourceReading {
  source: CatalogueSource;
  modules: IFolderModule[];
}

/** Where modules come from. */
export interface ISource {
  readonly id: string;
  read(): Promise<ISourceReading>;
}

/** Modules that are folders on this machine: each folder in the given ones is a module. */
export class FolderSource implements ISource {
  /** @param _folders Earlier folders win where two have a module of the same name. */
  constructor(
    readonly id: string,
    private readonly _title: string,
    private readonly _folders: string[]
  ) {}

  async read(): Promise<ISourceReading> {
    const modules = new Map<string, IFolderModule>();
    const problems: string[] = [];
    for (const folder of this._folders) {
      for (const name of await this._list(folder, problems)) {
        if (modules.has(name)) {
          problems.push(
            `${path.join(folder, name)} is hidden by ${modules.get(name)?.folder}.`
          );
          continue;
        }
        const read = await this._readOne(path.join(folder, name), problems);
        if (read) {
          modules.set(name, read);
        }
      }
    }
    return {
      source: {
        id: this.id,
        title: this._title,
        modules: modules.size,
        updatedAt: new Date().toISOString(),
        ...(problems.length > 0 && { problem: problems.join(' ') })
      },
      modules: [...modules.values()]
    };
  }

  /** One folder that cannot be read may not hide the others. */
  private async _readOne(
    folder: string,
    problems: string[]
  ): Promise<IFolderModule | undefined> {
    try {
      return await readModelFolder(this.id, folder);
    } catch (error) {
      problems.push(`${folder} cannot be read: ${(error as Error).message}.`);
      return undefined;
    }
  }

  private async _list(folder: string, problems: string[]): Promise<string[]> {
    try {
      const entries = await readdir(folder, { withFileTypes: true });
      const names = entries
        .filter(entry => entry.isDirectory() || entry.isSymbolicLink())
        .map(({ name }) => name)
        .filter(name => !/^[._]/.test(name));
      const odd = names.filter(name => !isModuleName(name));
      problems.push(
        ...odd.map(
          name =>
            `The folder ${path.join(folder, name)} is left out: names are made of letters, digits, points, hyphens and underscores.`
        )
      );
      return names.filter(isModuleName).sort();
    } catch (error) {
      problems.push(
        `The folder ${folder} cannot be read: ${(error as Error).message}.`
      );
      return [];
    }
  }
}
