import { Module } from '@jupyterlab-deep/protocol';
import {
  brokenModule,
  IModuleFile,
  ModuleReader
} from '../metadata/readModule';
import { IListedModule, IListing, misnamed, withoutDoubles } from './listing';
import { IAdapter } from './remoteSource';

const KINDS = ['modules', 'tools'] as const;
/** Words of the platform's own addresses. */
const RESERVED = new Set(['tags', 'detail', 'refresh']);

/** The API of the platform: `GET /catalog/modules` names them, `GET /catalog/modules/{name}/metadata` describes one. */
export class PapiAdapter implements IAdapter {
  /** @param address Base of the API: `https://host/v1`. */
  constructor(
    address: string,
    private readonly _reader: ModuleReader
  ) {
    const base = address.replace(/\/+$/, '');
    this.indexes = KINDS.map(kind => `${base}/catalog/${kind}`);
  }

  readonly kind = 'papi';
  /** It answers 400 to any other. */
  readonly accept = 'application/json';
  readonly expects = 'JSON';
  readonly indexes: string[];

  async list(bytes: Buffer, index: number): Promise<IListing> {
    const names: unknown = parse(bytes);
    if (!Array.isArray(names)) {
      throw new Error(
        `${this.indexes[index]} did not answer with a list of names.`
      );
    }
    const given = names.filter(name => typeof name === 'string');
    const listing = withoutDoubles(
      given.map(name => this._listed(name, index))
    );
    return given.length === names.length
      ? listing
      : {
          ...listing,
          problems: [
            ...listing.problems,
            `${names.length - given.length} entries are left out: they are no names.`
          ]
        };
  }

  async read(
    about: IModuleFile,
    bytes: Buffer,
    index: number
  ): Promise<Module> {
    const value = parse(bytes);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      const message = 'The platform did not answer with metadata.';
      return brokenModule(about, { message });
    }
    const module = await this._reader.describeAnswer(
      about,
      value as Record<string, unknown>
    );
    return KINDS[index] === 'tools' ? asTool(module) : module;
  }

  private _listed(name: string, index: number): IListedModule {
    const wrong = misnamed(name);
    if (wrong) {
      return wrong;
    }
    if (RESERVED.has(name)) {
      const refused = `The platform cannot describe it: ${name} is a word of its own addresses.`;
      return { name, candidates: [], refused };
    }
    const url = `${this.indexes[index]}/${name}/metadata`;
    return { name, candidates: [{ url, file: 'metadata.json' }] };
  }
}

/** @throws Error in words */
function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new Error(
      `The platform’s answer is not JSON: ${(error as Error).message}.`
    );
  }
}

/** What an index of tools names is one, whatever its file says. */
export const asTool = (module: Module): Module =>
  module.broken || module.capabilities.includes('tool')
    ? module
    : { ...module, capabilities: [...module.capabilities, 'tool'] };
