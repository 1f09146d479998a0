import { Module } from '@jupyterlab-deep/protocol';
import { decodeText } from '../metadata/decode';
import { endAfter } from '../metadata/parse';
import { IModuleFile, ModuleReader } from '../metadata/readModule';
import { IListing, withoutDoubles } from './listing';
import { IAdapter } from './remoteSource';
import { IRepositoriesOptions, Repositories } from './repositories';

const BRANCHES = ['master', 'main'];
/** Reading YAML takes its time for each word; an entry has six. */
const MAX_TOKENS = 20_000;

/** A `MODULES.yml`, a list of `- module: https://github.com/deephdc/DEEP-OC-x`: the catalogue of DEEP. */
export class DeepIndexAdapter implements IAdapter {
  constructor(
    setting: IRepositoriesOptions & { address: string },
    private readonly _reader: ModuleReader
  ) {
    this.indexes = [setting.address];
    this._repositories = new Repositories(setting);
  }

  readonly kind = 'deep-index';
  readonly accept = '*/*';
  readonly expects = 'YAML';
  readonly indexes: string[];

  async list(bytes: Buffer): Promise<IListing> {
    const entries = await this._entries(decodeText(bytes));
    const addresses = entries
      .map(entry => (entry as { module?: unknown } | null)?.module ?? entry)
      .filter(address => typeof address === 'string');
    const listing = withoutDoubles(
      addresses.map(address =>
        this._repositories.list(nameOf(address), address, BRANCHES)
      )
    );
    const odd = entries.length - addresses.length;
    return odd === 0
      ? listing
      : {
          ...listing,
          problems: [
            ...listing.problems,
            `${odd} entries of the index are left out: they have no \`module\`.`
          ]
        };
  }

  read(about: IModuleFile, bytes: Buffer): Promise<Module> {
    return this._reader.read(about, bytes);
  }

  /** @throws Error in words */
  private async _entries(text: string): Promise<unknown[]> {
    const { Lexer, parse } = await import('yaml');
    const [address] = this.indexes;
    if (endAfter(new Lexer().lex(text), MAX_TOKENS) !== undefined) {
      throw new Error(`${address} is longer than any index of modules.`);
    }
    let entries: unknown;
    try {
      entries = parse(text, { maxAliasCount: 0 });
    } catch (error) {
      const [message] = (error as Error).message.split('\n');
      throw new Error(`${address} is not YAML: ${message}`);
    }
    if (!Array.isArray(entries)) {
      throw new Error(`${address} is no list of modules.`);
    }
    return entries;
  }

  private readonly _repositories: Repositories;
}

/** The last part of its address. */
const nameOf = (address: string): string =>
  address
    .trim()
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .split('/')
    .at(-1) ?? '';
