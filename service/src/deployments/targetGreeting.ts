import { setTimeout as sleep } from 'node:timers/promises';
import { answersHttp, Handshake, IGreeting } from './handshake';
import { noApi } from './targetEndings';
import { TargetRecord } from './targetRecord';

/** What was used so lately is asked as often as its target. */
const USED_MS = 60_000;
/** How long one look waits for the first answer of an API, and how long between two tries. */
const GREET_MS = 1_000;
const GREET_REST_MS = 100;

/** Asks what runs at a target whether it answers, and tells so. */
export class TargetGreeting {
  constructor(private readonly _parts: TargetGreeting.IParts) {}

  /** A development environment has no API: its page answers, or not yet. */
  async askPage(page: string, phase: string): Promise<void> {
    this._parts.handshake.refuse(noApi(this._parts.title));
    const isOpen = await answersHttp(page, this._parts.signal());
    if (isOpen && this._parts.record.now.readyAt === undefined) {
      this._parts.record.update({ readyAt: new Date().toISOString() });
    }
    const wasReady = this._parts.record.now.readyAt !== undefined;
    const waits = wasReady ? 'unreachable' : 'starting';
    const says = phase || 'It runs; its page does not answer yet';
    this._parts.record.set(isOpen ? 'ready' : waits, isOpen ? '' : says);
  }

  /** Its API, or that it does not answer yet. */
  async askApi(endpoint: string, phase: string): Promise<void> {
    const { about, failure, isLost } = await this._greet(endpoint);
    if (this._parts.closed.aborted) {
      return;
    }
    if (about) {
      this._announce(endpoint, about.modelPath);
    } else if (this._parts.record.now.readyAt === undefined) {
      this._parts.record.set(
        'starting',
        phase || 'It runs; its API does not answer yet'
      );
    } else if (isLost) {
      this._parts.record.set(
        'unreachable',
        'It does not answer',
        failure?.message
      );
    }
  }

  /** What is about to answer is asked more often than its target. */
  private async _greet(endpoint: string): Promise<IGreeting> {
    const isSeldom =
      this._parts.record.idleMinutes > 0 &&
      this._parts.record.unusedMs >= USED_MS;
    const deadline = Date.now() + GREET_MS;
    for (;;) {
      const signal = this._parts.signal();
      const greeting = await this._parts.handshake.greet(
        endpoint,
        isSeldom,
        signal
      );
      const isNew = this._parts.record.now.readyAt === undefined;
      const isOver = this._parts.stopped.aborted || Date.now() > deadline;
      if (greeting.about || !isNew || isOver) {
        return greeting;
      }
      await sleep(GREET_REST_MS);
    }
  }

  private _announce(endpoint: string, modelPath: string): void {
    const known = this._parts.record.now;
    if (known.state !== 'ready' || known.endpoint !== endpoint) {
      this._parts.record.update({
        state: 'ready',
        phase: '',
        error: undefined,
        readyAt: new Date().toISOString(),
        endpoint,
        modelPath
      });
    }
  }
}

export namespace TargetGreeting {
  export interface IParts {
    title: string;
    record: TargetRecord;
    handshake: Handshake;
    /** Of one question. */
    signal(): AbortSignal;
    /** Nobody watches it any longer. */
    closed: AbortSignal;
    /** It is to be ended. */
    stopped: AbortSignal;
  }
}
