import { DeepError } from '@jupyterlab-deep/protocol';
import { IReadyModule } from '../../deployments/life';
import { asDeepError } from '../../http/problems';
import { Pace } from './pace';

/** A question that was under way each time its module went is not asked more often. */
export const ATTEMPTS = 3;
/** Starts of a module that fail one after another. */
const STARTS = 3;
/** How long a module that runs elsewhere may be away. */
const PATIENCE_MS = 600_000;

/** A module that is asked again and again: started where it does not run, and waited for while it may come back. */
export class ModuleReach {
  constructor(private readonly _parts: ModuleReach.IParts) {}

  /** It, found once for all who ask. @throws DeepError why it cannot be had; the signal's reason */
  ready(): Promise<IReadyModule> {
    this._ready ??= this._open().catch(error => {
      this._ready = undefined;
      throw error;
    });
    return this._ready;
  }

  /** It has just answered. */
  answered(): void {
    this._awaySince = undefined;
  }

  /** The next question asks for it anew, which starts one that has ended. */
  forget(): void {
    this._ready = undefined;
  }

  /** The same, of one that went while it was asked. @returns it */
  async lose(): Promise<IReadyModule | undefined> {
    // Why it could not be had was told to who asked.
    const gone = await this._ready?.catch(() => undefined);
    this.forget();
    return gone;
  }

  private async _open(): Promise<IReadyModule> {
    const { find, pace, signal } = this._parts;
    for (let tries = 1; ; tries++) {
      try {
        return await find();
      } catch (error) {
        signal.throwIfAborted();
        this._awaySince ??= performance.now();
        this._giveUpAfter(tries, asDeepError(error));
        pace.refused(0);
        await this._pause();
      }
    }
  }

  private _giveUpAfter(tries: number, error: DeepError): void {
    const { final, onTrouble } = this._parts;
    const isElsewhere = ['module-unreachable', 'timeout'].includes(error.key);
    const awayMs = performance.now() - (this._awaySince ?? 0);
    const isOver = isElsewhere ? awayMs > PATIENCE_MS : tries >= STARTS;
    if (isOver || final?.has(error.key)) {
      onTrouble(error);
      throw error;
    }
  }

  private async _pause(): Promise<void> {
    const { onWait, pace, signal } = this._parts;
    const { waitMs } = pace;
    onWait?.(waitMs);
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, waitMs);
    const wake = (): void => resolve();
    signal.addEventListener('abort', wake, { once: true });
    await promise;
    clearTimeout(timer);
    signal.removeEventListener('abort', wake);
    signal.throwIfAborted();
  }

  private _ready?: Promise<IReadyModule>;
  private _awaySince?: number;
}

export namespace ModuleReach {
  export interface IParts {
    pace: Pace;
    signal: AbortSignal;
    /** Find it, or start it. */
    find(): Promise<IReadyModule>;
    /** Keys of failures that no further try changes. */
    final?: ReadonlySet<DeepError['key']>;
    /** Nothing can be asked any more. */
    onTrouble(error: DeepError): void;
    /** It is asked for again in so long. */
    onWait?(waitMs: number): void;
  }
}

/**
 * What is said of a question that never got an answer.
 *
 * @param reason Why the module went, else what the last question came to.
 */
export const gaveNoAnswer = (what: string, reason: DeepError): DeepError =>
  new DeepError(
    'module-failed',
    `The module was asked ${ATTEMPTS} times and gave no answer: ${reason.detail}`,
    {
      hint: `Try this ${what} alone; the log of the module may say more.`,
      technical: reason.technical
    }
  );
