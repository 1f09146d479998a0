import { createHash } from 'node:crypto';
import { Module } from '@jupyterlab-deep/protocol';
import { brokenModule, ModuleReader } from '../metadata/readModule';
import { Answer, Remote } from '../remote/remote';
import { IKeptModule, withoutFile } from './catalogueFile';
import { ICandidate } from './listing';
import type { IAdapter } from './remoteSource';

const MAX_FILE_BYTES = 2_000_000;
/** A module that moves to a better file changes the old one seldom: so often it is looked for. */
const LOOK_AGAIN_MS = 24 * 3_600_000;

export interface IModuleQuestion {
  about: Parameters<ModuleReader['read']>[0];
  candidates: ICandidate[];
  /** Why it cannot be asked for. */
  refused?: string;
  /** Which index names it. */
  index: number;
  before?: IKeptModule;
  signal: AbortSignal;
}

/** Reads what describes a module, or says that it has not changed. */
export class ModuleFiles {
  constructor(
    private readonly _adapter: IAdapter,
    private readonly _remote: Remote
  ) {}

  /** @throws RemoteFailure; the signal's reason */
  async read(question: IModuleQuestion): Promise<IKeptModule> {
    const { about, refused, before } = question;
    if (refused !== undefined) {
      return described(before, brokenModule(about, { message: refused }));
    }
    return (await this._again(question)) ?? this._first(question);
  }

  /** The file that described it before, if it is still the one. */
  private async _again(
    question: IModuleQuestion
  ): Promise<IKeptModule | undefined> {
    const { before, candidates } = question;
    const place = candidates.findIndex(({ url }) => url === before?.url);
    const isOld =
      place > 0 && Date.now() - (before?.lookedAt ?? 0) > LOOK_AGAIN_MS;
    if (!before || place < 0 || isOld) {
      return undefined;
    }
    const answer = await this._ask(question, candidates[place]);
    return this._keptOf(question, candidates[place], answer, before.lookedAt);
  }

  /** The best one that is there. */
  private async _first(question: IModuleQuestion): Promise<IKeptModule> {
    for (const candidate of question.candidates) {
      const answer = await this._ask(question, candidate);
      const kept = await this._keptOf(question, candidate, answer, Date.now());
      if (kept) {
        return kept;
      }
    }
    const names = [...new Set(question.candidates.map(({ file }) => file))];
    return described(
      question.before,
      brokenModule(question.about, {
        message: `It has no metadata file: there is no ${names.join(', and no ')}.`
      })
    );
  }

  private _ask(
    { before, signal }: IModuleQuestion,
    { url, file }: ICandidate
  ): Promise<Answer> {
    return this._remote.get(url, {
      accept: this._adapter.accept,
      expects: file.endsWith('.json') ? 'JSON' : 'YAML',
      maxBytes: MAX_FILE_BYTES,
      validators: before?.url === url ? before.validators : undefined,
      signal
    });
  }

  /** @returns Undefined when the file is not there. */
  private async _keptOf(
    { about, before, index }: IModuleQuestion,
    { url, file }: ICandidate,
    answer: Answer,
    lookedAt: number
  ): Promise<IKeptModule | undefined> {
    if (answer.state === 'missing') {
      return undefined;
    }
    const { validators } = answer;
    if (answer.state === 'unchanged' && before) {
      return { ...before, validators, lookedAt };
    }
    const bytes = answer.state === 'content' ? answer.bytes : Buffer.alloc(0);
    const hash = createHash('sha256').update(bytes).digest('base64');
    if (before?.url === url && before.hash === hash) {
      return { ...before, validators, lookedAt };
    }
    const module = await this._adapter.read(
      { ...about, url, file },
      bytes,
      index
    );
    return { url, validators, hash, module, lookedAt };
  }
}

/** A module without a file; the same one where nothing has changed, so that nobody has to look at it again. */
function described(
  before: IKeptModule | undefined,
  module: Module
): IKeptModule {
  const isSame =
    before && JSON.stringify(before.module) === JSON.stringify(module);
  return withoutFile(isSame ? before.module : module);
}
