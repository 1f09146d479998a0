import { appendFile, open, readFile, stat, truncate } from 'node:fs/promises';
import path from 'node:path';
import {
  TrainingCurve,
  TrainingStep,
  TrainingSteps
} from '@jupyterlab-deep/protocol';
import { tailOfLog } from '../deployments/logFile';
import { logFileOf } from '../runs/runLog';
import { Store } from '../store/store';

const STEPS = 'steps.jsonl';
/** More are thinned out for whoever looks at the whole curve. */
const MOST_STEPS = 2000;
const CURVE_POINTS = 32;
/** A log that would fill the disk says so and stops. */
const MAX_LOG_BYTES = 20 * 1024 * 1024;

/** A step as it is kept: with the place in the module's events or log that it came from. */
export type KeptStep = TrainingStep & { cursor: number };

/** Log and metrics of one training, in files that only grow: what was written is there after any kill. */
export class TrainingFiles {
  constructor(store: Store, id: string) {
    this._steps = path.join(store.folderOf('runs', id), STEPS);
    this._log = logFileOf(store, id);
  }

  /**
   * How many steps were written, and where the last one came from: -1 when there is none. Half a line, of a kill, is cut off.
   */
  async written(): Promise<{ cursor: number; steps: number }> {
    const text = await readText(this._steps);
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) {
      await truncate(this._steps, Buffer.byteLength(whole));
    }
    const lines = whole.split('\n').filter(Boolean);
    const last = lines.at(-1);
    const cursor = last ? (JSON.parse(last) as KeptStep).cursor : -1;
    return { cursor, steps: lines.length };
  }

  /** Time that stands before the last line of the log. */
  async lastLogTime(): Promise<string> {
    const lines = await tailOfLog(this._log);
    return lines.at(-1)?.split(' ', 1)[0] ?? '';
  }

  async logBytes(): Promise<number> {
    return (await stat(this._log).catch(() => ({ size: 0 }))).size;
  }

  async add(steps: readonly KeptStep[], log: string): Promise<void> {
    if (log !== '' && (await this.logBytes()) < MAX_LOG_BYTES) {
      await appendFile(this._log, log);
    }
    if (steps.length > 0) {
      const lines = steps.map(step => `${JSON.stringify(step)}\n`);
      await appendFile(this._steps, lines.join(''));
    }
  }

  /**
   * Steps from byte `from` on; of a whole long curve every n-th and the last.
   */
  async read(from: number): Promise<TrainingSteps> {
    const bytes = await readFrom(this._steps, from);
    const end = bytes.lastIndexOf('\n') + 1;
    const lines = bytes.subarray(0, end).toString('utf8').split('\n');
    const all = lines.filter(Boolean);
    const every = from === 0 ? Math.ceil(all.length / MOST_STEPS) : 1;
    const chosen = all.filter(
      (_, index) => index % every === 0 || index === all.length - 1
    );
    const steps = chosen.map(line => {
      const { step, at, values } = JSON.parse(line) as KeptStep;
      return { step, at, values };
    });
    return { steps, next: from + end };
  }

  private readonly _steps: string;
  private readonly _log: string;
}

async function readFrom(file: string, from: number): Promise<Buffer> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (!handle) {
    return Buffer.alloc(0);
  }
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.max(0, size - from));
    await handle.read(buffer, 0, buffer.length, from);
    return buffer;
  } finally {
    await handle.close();
  }
}

const readText = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch(() => '');

/** The metric that people look at first: how right it is with what it has not learnt from. */
const PREFERRED = [
  /^val(idation)?[_/-].*acc/i,
  /^(val|test|eval)[_/-].*(acc|f1|iou|map|auc|score)/i,
  /acc|f1|iou|map|auc/i,
  /^val(idation)?[_/-]loss/i,
  /loss/i
];

export const mainMetric = (names: readonly string[]): string | undefined =>
  PREFERRED.map(pattern => names.find(name => pattern.test(name))).find(
    Boolean
  ) ?? names[0];

/** A small picture of a curve that is being drawn: every second point goes when there are too many. */
export class CurveOf {
  constructor(curve?: TrainingCurve) {
    this._metric = curve?.metric;
    this._values = curve ? [...curve.values] : [];
  }

  add(values: Record<string, number>): void {
    this._metric ??= mainMetric(Object.keys(values));
    const value = this._metric === undefined ? undefined : values[this._metric];
    if (value === undefined || this._seen++ % this._every !== 0) {
      return;
    }
    this._values.push(value);
    if (this._values.length > CURVE_POINTS) {
      this._values = this._values.filter((_, index) => index % 2 === 0);
      this._every *= 2;
    }
  }

  get curve(): TrainingCurve | undefined {
    return this._metric === undefined
      ? undefined
      : { metric: this._metric, values: [...this._values] };
  }

  private _metric?: string;
  private _values: number[];
  private _every = 1;
  private _seen = 0;
}
