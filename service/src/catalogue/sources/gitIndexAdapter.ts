import { Module } from '@jupyterlab-deep/protocol';
import { decodeText } from '../metadata/decode';
import { IModuleFile, ModuleReader } from '../metadata/readModule';
import { parseGitmodules } from './gitmodules';
import { IListing, some, withoutDoubles } from './listing';
import { asTool } from './papiAdapter';
import { IAdapter } from './remoteSource';
import { IRepositoriesOptions, Repositories } from './repositories';

/** Git’s own default of old, which the platform goes by. */
const DEFAULT_BRANCH = 'master';
/** The place of the index of tools among the indexes. */
const TOOLS = 1;

/** A `.gitmodules` that names a repository for each module, and perhaps a second one for tools: the catalogues of AI4OS. */
export class GitIndexAdapter implements IAdapter {
  constructor(
    setting: IRepositoriesOptions & { address: string; toolsAddress?: string },
    private readonly _reader: ModuleReader
  ) {
    const { address, toolsAddress } = setting;
    this.indexes = [address, ...(toolsAddress ? [toolsAddress] : [])];
    this._repositories = new Repositories(setting);
  }

  readonly kind = 'git-index';
  readonly accept = '*/*';
  readonly expects = 'a .gitmodules';
  readonly indexes: string[];

  async list(bytes: Buffer, index: number): Promise<IListing> {
    const { submodules, incomplete } = parseGitmodules(decodeText(bytes));
    if (submodules.length === 0) {
      // An answer without content must not take every module away.
      const fault = decodeText(bytes).trim() ? 'is no .gitmodules' : 'is empty';
      throw new Error(`${this.indexes[index]} ${fault}.`);
    }
    const { modules, problems } = withoutDoubles(
      submodules.map(({ path, url, branch = DEFAULT_BRANCH }) =>
        this._repositories.list(path, url, [branch])
      )
    );
    return {
      modules,
      problems:
        incomplete.length === 0
          ? problems
          : [
              ...problems,
              `Entries without path or url are left out: ${some(incomplete)}.`
            ]
    };
  }

  async read(
    about: IModuleFile,
    bytes: Buffer,
    index: number
  ): Promise<Module> {
    const module = await this._reader.read(about, bytes);
    return index === TOOLS ? asTool(module) : module;
  }

  private readonly _repositories: Repositories;
}
