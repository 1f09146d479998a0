import { ICandidate, IListedModule, misnamed, some } from './listing';

/** Metadata in the root of a repository: version 2, then version 1. */
const FILES = ['ai4-metadata.yml', 'metadata.json'];
const CODE_HOST = 'github.com';
const RAW_ADDRESS =
  'https://raw.githubusercontent.com/{owner}/{repo}/{branch}/{file}';
/** Those that the platform itself reads. */
const ORGANISATIONS = ['ai4os', 'ai4os-hub', 'deephdc'];

export interface IRepositoriesOptions {
  /** Where files are, with {owner}, {repo}, {branch} and {file}. */
  rawAddress?: string;
  /** Owners whose repositories may be named. */
  organisations?: string[];
}

/** Repositories that an index may name, and where their files are. */
export class Repositories {
  constructor({ rawAddress, organisations }: IRepositoriesOptions) {
    this._rawAddress = rawAddress ?? RAW_ADDRESS;
    this._organisations = organisations ?? ORGANISATIONS;
    this._hosts = [CODE_HOST, URL.parse(this._rawAddress)?.hostname];
  }

  /** A module with what it may be described by: each file of one branch, then of the next. */
  list(name: string, address: string, branches: string[]): IListedModule {
    const wrong = misnamed(name);
    if (wrong) {
      return wrong;
    }
    const found = this._parts(address);
    if (typeof found === 'string') {
      return { name, candidates: [], refused: found };
    }
    const odd = branches.find(branch => !isBranch(branch));
    if (odd !== undefined) {
      const refused = `The index names the branch “${odd.slice(0, 100)}”, which is none.`;
      return { name, candidates: [], refused };
    }
    return { name, candidates: this._candidates(found, branches) };
  }

  /** @returns Owner and name, or why it is not asked. */
  private _parts(address: string): IRepository | string {
    const found = parseAddress(address);
    const shown = address.slice(0, 200);
    if (!found) {
      return `The index leads to “${shown}”, which is no repository.`;
    }
    const isKnown =
      this._hosts.includes(found.host) &&
      this._organisations.some(each => isSame(each, found.owner));
    return isKnown
      ? found
      : `The index leads to ${shown}, but only repositories of ${some(this._organisations)} on ${CODE_HOST} are read.`;
  }

  private _candidates(
    { owner, repo }: IRepository,
    branches: string[]
  ): ICandidate[] {
    const values = (branch: string, file: string): Record<string, string> => ({
      owner,
      repo,
      branch,
      file
    });
    return branches.flatMap(branch =>
      FILES.map(file => ({
        file,
        url: this._rawAddress.replace(
          /\{(owner|repo|branch|file)\}/g,
          (_, key: string) => values(branch, file)[key]
        )
      }))
    );
  }

  private readonly _rawAddress: string;
  private readonly _organisations: string[];
  private readonly _hosts: (string | undefined)[];
}

interface IRepository {
  host: string;
  owner: string;
  repo: string;
}

const isSame = (a: string, b: string): boolean =>
  a.toLowerCase() === b.toLowerCase();

/** They become parts of an address, where these have no second meaning. */
const isPart = (text: string): boolean =>
  /^[A-Za-z0-9._-]+$/.test(text) && !/^\.+$/.test(text);

const isBranch = (text: string): boolean => text.split('/').every(isPart);

/** `https://host/owner/repo`, also with `.git` or `/` behind, and `git@host:owner/repo.git`. */
function parseAddress(address: string): IRepository | undefined {
  const url = URL.parse(
    address.trim().replace(/^(?:ssh:\/\/)?git@([^:/]+)[:/]/, 'https://$1/')
  );
  const [owner, name, ...rest] = (url?.pathname ?? '')
    .split('/')
    .filter(part => part !== '');
  const repo = name?.replace(/\.git$/, '');
  const isRight =
    url !== null &&
    /^(https?|git):$/.test(url.protocol) &&
    rest.length === 0 &&
    [owner, repo].every(part => part && isPart(part));
  return isRight ? { host: url.hostname, owner, repo } : undefined;
}
