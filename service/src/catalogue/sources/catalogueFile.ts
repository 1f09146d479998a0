import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Module } from '@jupyterlab-deep/protocol';
import { writeAtomically } from '../../store/atomicFile';
import { version as VERSION } from '../../version';
import { IValidators } from '../remote/validators';
import { IListing } from './listing';

/** Changes with the shape of what is kept, and of `Module`: older files are read anew from their sources. */
const FORMAT = 1;
/** Nobody waits longer for their turn while a large file is read or written. */
const TURN_MS = 10;

/** A module as it was read last. */
export interface IKeptModule {
  /** Of the file that describes it; empty where there is none. */
  url: string;
  validators: IValidators;
  /** Of the file, for servers without validators. */
  hash: string;
  module: Module;
  /** When better places were last looked at, in ms since 1970. */
  lookedAt: number;
}

export interface IKeptIndex {
  url: string;
  validators: IValidators;
  listing: IListing;
}

interface IHead {
  updatedAt?: number;
  failingSince?: number;
  problem?: string;
  indexes: IKeptIndex[];
}

/** A module that is known without a file. */
export const withoutFile = (module: Module): IKeptModule => ({
  url: '',
  validators: {},
  hash: '',
  module,
  lookedAt: Date.now()
});

/** All that a source knows. */
export interface IKept extends IHead {
  /** By name. */
  modules: Map<string, IKeptModule>;
}

/** What a source keeps on disk: a line about itself, then a line for each module. */
export class CatalogueFile {
  /** @param _identity How the source is set up: what was read elsewhere is not what it has. */
  constructor(
    private readonly _file: string,
    private readonly _identity: string
  ) {}

  /** @returns Undefined when there is none, or one of another format or source. @throws when it is damaged */
  async read(): Promise<IKept | undefined> {
    const bytes = await readFile(this._file).catch(ifMissing);
    if (!bytes) {
      return undefined;
    }
    const lines = linesOf(bytes);
    const { format, identity, version, ...head } = JSON.parse(
      lines.next().value ?? ''
    ) as IHead & { format: number; identity: string; version: string };
    if (format !== FORMAT || identity !== this._identity) {
      return undefined;
    }
    const modules = new Map<string, IKeptModule>();
    await inTurns(lines, line => {
      const kept = JSON.parse(line) as IKeptModule;
      modules.set(kept.module.name, kept);
    });
    return version === VERSION ? { ...head, modules } : outdated(head, modules);
  }

  async write({ modules, ...head }: IKept): Promise<void> {
    const about = {
      ...head,
      format: FORMAT,
      identity: this._identity,
      version: VERSION
    };
    const lines = [lineOf(about)];
    await inTurns(modules.values(), kept => {
      lines.push(lineOf(kept));
    });
    await mkdir(path.dirname(this._file), { recursive: true, mode: 0o700 });
    await writeAtomically(this._file, Buffer.concat(lines));
  }
}

/** What another version has read may be read differently by this one: it is shown until it was asked for anew. */
function outdated(head: IHead, modules: IKept['modules']): IKept {
  for (const [name, kept] of modules) {
    modules.set(name, { ...kept, validators: {}, hash: '' });
  }
  return { ...head, indexes: [], modules };
}

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') {
    throw error;
  }
}

const lineOf = (value: object): Buffer =>
  Buffer.from(`${JSON.stringify(value)}\n`);

function* linesOf(bytes: Buffer): Generator<string, undefined> {
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(10, start);
    if (end < 0) {
      throw new Error('it has no end');
    }
    yield bytes.toString('utf8', start, end);
    start = end + 1;
  }
}

async function inTurns<T>(
  items: Iterable<T>,
  work: (item: T) => void
): Promise<void> {
  let began = performance.now();
  for (const item of items) {
    work(item);
    if (performance.now() - began > TURN_MS) {
      await nextTurn();
      began = performance.now();
    }
  }
}
