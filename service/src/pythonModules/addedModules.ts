import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  DeepError,
  Module,
  PythonModuleRequest
} from '@jupyterlab-deep/protocol';
import { bareModule } from '../catalogue/metadata/readModule';
import { ICatalogueEntry } from '../catalogue/source';
import { writeAtomically } from '../store/atomicFile';
import { storeFailure } from '../store/diskErrors';
import { originText, PythonOrigin } from './origin';
import { readProject } from './project';

/** First part of the ids of what a user named by its origin. */
export const ADDED = 'python';

/** What colleagues share is in the catalogue by itself. */
type NamedOrigin = Exclude<PythonOrigin, { kind: 'shared' }>;

interface IAdded {
  name: string;
  origin: NamedOrigin;
  summary?: string;
}

/** Python modules that no catalogue has: the user named a folder, a repository or a package. */
export class AddedModules {
  /** @param onChange Called after the list is another. */
  constructor(
    private readonly _file: string,
    private readonly _onChange: () => void
  ) {}

  /** Read what was named before. */
  async open(): Promise<void> {
    try {
      this._added = JSON.parse(await readFile(this._file, 'utf8')) as IAdded[];
    } catch {
      // None yet, or damaged: what was named can be named again.
      this._added = [];
    }
  }

  get entries(): ICatalogueEntry[] {
    return this._added.map(entryOf);
  }

  /**
   * Name one; naming it again finds it.
   *
   * @throws DeepError `invalid-request`, `no-space`
   */
  async add(request: PythonModuleRequest): Promise<Module> {
    const origin = originOf(request);
    const known = this._added.find(
      each => originText(each.origin) === originText(origin)
    );
    if (known) {
      return entryOf(known).module;
    }
    const added = {
      name: this._freeName(origin),
      origin,
      ...(await summaryOf(origin))
    };
    await this._write([...this._added, added]);
    return entryOf(added).module;
  }

  /** @throws DeepError `not-found`, `no-space` */
  async remove(name: string): Promise<void> {
    const rest = this._added.filter(each => each.name !== name);
    if (rest.length === this._added.length) {
      throw new DeepError('not-found', `There is no module ${ADDED}/${name}.`);
    }
    await this._write(rest);
  }

  private _freeName(origin: NamedOrigin): string {
    const plain = plainName(origin);
    const taken = new Set(this._added.map(({ name }) => name));
    let name = plain;
    for (let n = 2; taken.has(name); n++) {
      name = `${plain}-${n}`;
    }
    return name;
  }

  private async _write(added: IAdded[]): Promise<void> {
    const folder = path.dirname(this._file);
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeAtomically(this._file, JSON.stringify(added));
    } catch (error) {
      throw storeFailure(error, folder);
    }
    this._added = added;
    this._onChange();
  }

  private _added: IAdded[] = [];
}

function originOf(request: PythonModuleRequest): NamedOrigin {
  if ('folder' in request) {
    return { kind: 'folder', folder: path.resolve(request.folder) };
  }
  if ('package' in request) {
    const [name, version] = request.package.split('==');
    return { kind: 'package', name, version };
  }
  const { git, ref, allowPrivate } = request;
  const url = git.replace(/^file:\/\//, '').trim();
  if (!path.isAbsolute(url) && URL.parse(url)?.protocol !== 'https:') {
    throw new DeepError(
      'invalid-request',
      `${git} is no address of a repository.`,
      {
        hint: 'It begins with https://, or is the whole path of a repository on this machine.'
      }
    );
  }
  return { kind: 'git', url, ref, allowPrivate, isTyped: true };
}

function plainName(origin: NamedOrigin): string {
  const last =
    origin.kind === 'package'
      ? origin.name
      : path.basename(origin.kind === 'git' ? origin.url : origin.folder);
  const name = last
    .replace(/\.git$/, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 60);
  return name || 'module';
}

/** What a folder says of itself; repositories are looked at before they run. */
async function summaryOf(origin: PythonOrigin): Promise<{ summary?: string }> {
  if (origin.kind !== 'folder') {
    return {};
  }
  const project = await readProject(origin.folder).catch(() => undefined);
  return { summary: project?.summary };
}

function entryOf({ name, origin, summary }: IAdded): ICatalogueEntry {
  const bare = bareModule({ source: ADDED, sourceTitle: 'Named by you', name });
  const isWeb = origin.kind === 'git' && origin.url.startsWith('https:');
  return {
    module: {
      ...bare,
      summary: summary || `Python code from ${originText(origin)}`,
      version: origin.kind === 'package' ? origin.version : '',
      capabilities: ['inference'],
      runtime: 'python',
      links: isWeb ? { source_code: origin.url } : {}
    },
    python: origin
  };
}
