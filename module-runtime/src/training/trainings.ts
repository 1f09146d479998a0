import {
  type ArgumentValues,
  type IArgument,
  readArguments
} from '@jupyterlab-deep/kernel-helpers/models';
import { type TrainingEvent } from '@jupyterlab-deep/kernel-helpers/models/training';
import { DeepError, type Problem } from '@jupyterlab-deep/protocol';
import { randomUUID } from 'node:crypto';

/** A training as DEEPaaS shows it. */
export interface ITrainingObject {
  /** Local time without a zone, as DEEPaaS writes it. */
  date: string;
  args: ArgumentValues;
  uuid: string;
  status: 'done' | 'error' | 'running';
  message?: string;
  result?: { output: unknown; finish_date: string; duration: string };
  /** Beyond DEEPaaS: the failure with its type and hint. */
  problem?: Problem;
}

/** Numbered from 0, so that a reader who was cut off can go on. */
export type NumberedEvent =
  | (TrainingEvent & { id: number; at: string })
  | { id: number; at: string; event: 'end'; training: ITrainingObject };

export interface ITrainer {
  arguments: IArgument[];
  /** Refuses at once what can be seen to be wrong. @throws DeepError `invalid-arguments` */
  check(values: ArgumentValues): Promise<void>;
  train(
    id: string,
    values: ArgumentValues,
    tell: (event: TrainingEvent) => void,
    signal: AbortSignal
  ): Promise<unknown>;
}

/** Progress of single pictures is not kept for those who come later. */
const KEPT_EVENTS = 20_000;
/** Ended ones that are remembered. */
const KEPT_TRAININGS = 100;
const TOLD_EVERY_MS = 200;

const dateText = (date: Date): string => {
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().replace('T', ' ').replace('Z', '000');
};

/** `0:00:00.402817`, as Python writes a duration. */
function durationText(ms: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const seconds = Math.floor(ms / 1000);
  const micros = String(Math.floor((ms % 1000) * 1000)).padStart(6, '0');
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${micros}`;
}

/** One training, what it said, and who listens. */
export class Training {
  constructor(args: ArgumentValues) {
    this.object = {
      date: dateText(new Date()),
      args,
      uuid: randomUUID().replaceAll('-', ''),
      status: 'running'
    };
  }

  readonly object: ITrainingObject;
  readonly controller = new AbortController();

  get hasEnded(): boolean {
    return this._hasEnded;
  }

  /** Whoever listens gets all from `after` on. Returns how to stop listening. */
  listen(after: number, listener: (event: NumberedEvent) => void): () => void {
    this._events.filter(({ id }) => id > after).forEach(listener);
    this._listeners.add(listener);
    return () => this._listeners.delete(listener);
  }

  /** Progress of the same phase is told five times a second at most; the last of a phase always is. */
  tell(event: TrainingEvent): void {
    if (event.event === 'progress' && event.done < event.total) {
      const now = performance.now();
      if (event.done > 0 && now - this._toldMs < TOLD_EVERY_MS) {
        return;
      }
      this._toldMs = now;
    }
    this._keep(event);
  }

  end(change: Partial<ITrainingObject>): void {
    Object.assign(this.object, change);
    this._hasEnded = true;
    this._keep({ event: 'end', training: this.object });
    this._listeners.clear();
  }

  private _keep(
    event: TrainingEvent | { event: 'end'; training: ITrainingObject }
  ): void {
    const numbered = {
      ...event,
      id: this._nextId++,
      at: new Date().toISOString()
    } as NumberedEvent;
    if (event.event === 'progress') {
      // The last one says all.
      const last = this._events.at(-1);
      if (last?.event === 'progress' && last.phase === event.phase) {
        this._events.pop();
      }
    }
    this._events.push(numbered);
    if (this._events.length > KEPT_EVENTS) {
      this._events.shift();
    }
    this._listeners.forEach(listener => listener(numbered));
  }

  private readonly _events: NumberedEvent[] = [];
  private readonly _listeners = new Set<(event: NumberedEvent) => void>();
  private _nextId = 0;
  private _toldMs = -Infinity;
  private _hasEnded = false;
}

/** The trainings of one module: one at a time, the others wait. Nothing of them survives the process. */
export class Trainings {
  constructor(private readonly _trainer: ITrainer) {}

  get arguments(): IArgument[] {
    return this._trainer.arguments;
  }

  /** Whether one is at work or waits. */
  get isBusy(): boolean {
    return this.all.some(({ hasEnded }) => !hasEnded);
  }

  get all(): Training[] {
    return [...this._trainings.values()];
  }

  get(uuid: string): Training | undefined {
    return this._trainings.get(uuid);
  }

  /** @throws DeepError `invalid-arguments` */
  async start(given: ArgumentValues): Promise<Training> {
    const values = readArguments(this._trainer.arguments, given);
    await this._trainer.check(values);
    const training = new Training(values);
    this._trainings.set(training.object.uuid, training);
    this._forgetOld();
    this._last = this._last.then(() => this._carryOut(training, values));
    return training;
  }

  /** Cancel one that runs or waits, forget one that has ended. Resolves when it has stopped. */
  async remove(uuid: string): Promise<Training | undefined> {
    const training = this._trainings.get(uuid);
    if (!training) {
      return undefined;
    }
    this._trainings.delete(uuid);
    training.controller.abort(
      new DeepError('cancelled', 'The training was cancelled.')
    );
    await this._working.get(uuid);
    return training;
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map(({ object }) => this.remove(object.uuid)));
  }

  private async _carryOut(
    training: Training,
    values: ArgumentValues
  ): Promise<void> {
    const work = this._work(training, values);
    this._working.set(training.object.uuid, work);
    await work;
    this._working.delete(training.object.uuid);
  }

  private async _work(
    training: Training,
    values: ArgumentValues
  ): Promise<void> {
    const { signal } = training.controller;
    const began = performance.now();
    const tell = (event: TrainingEvent): void => {
      training.tell(event);
      this._log(training, event);
    };
    try {
      signal.throwIfAborted();
      const output = await this._trainer.train(
        training.object.uuid,
        values,
        tell,
        signal
      );
      signal.throwIfAborted();
      const finish_date = dateText(new Date());
      const duration = durationText(performance.now() - began);
      const result = { output, finish_date, duration };
      training.end({ status: 'done', result });
    } catch (error) {
      const failure = signal.aborted ? signal.reason : error;
      const known =
        failure instanceof DeepError
          ? failure
          : new DeepError('internal', `The training failed: ${failure}`, {
              technical: (failure as Error)?.stack
            });
      console.error(`training ${training.object.uuid}: ${known.message}`);
      training.end({
        status: 'error',
        message: known.message,
        problem: known.toProblem()
      });
    }
  }

  /** For whoever reads the module's log: texts as they are, numbers as JSON lines. */
  private _log({ object }: Training, event: TrainingEvent): void {
    if (event.event === 'log') {
      console.log(`training ${object.uuid}: ${event.text}`);
    } else if (event.event === 'metrics') {
      const { step, values } = event;
      console.log(JSON.stringify({ training: object.uuid, step, ...values }));
    }
  }

  private _forgetOld(): void {
    const ended = this.all.filter(({ hasEnded }) => hasEnded);
    ended
      .slice(0, Math.max(0, ended.length - KEPT_TRAININGS))
      .forEach(({ object }) => this._trainings.delete(object.uuid));
  }

  private readonly _trainings = new Map<string, Training>();
  private readonly _working = new Map<string, Promise<void>>();
  private _last = Promise.resolve();
}
