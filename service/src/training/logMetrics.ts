/** Numbers that a line of a log tells of one step. */
export interface ILoggedStep {
  step?: number;
  /** Of so many. */
  of?: number;
  values: Record<string, number>;
}

const NUMBER = '[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?';
const PAIR = new RegExp(
  `["']?([A-Za-z][\\w./-]*)["']?\\s*[:=]\\s*(${NUMBER})(?![\\w.])`,
  'g'
);
/** `Epoch 3/10`, `step: 200`, `[epoch 3]`. */
const STEP =
  /\b(?:epoch|step|iter(?:ation)?)s?\b["']?\s*[:=#[(]?\s*(\d+)(?:\s*(?:\/|of)\s*(\d+))?/i;
/** Whole words of names: `val_loss`, `top1-acc`, `mIoU`. Anything else that has a number is no metric. */
const METRIC =
  /(?:^|[\W_\d]|[a-z](?=[A-Z]))(?:loss|acc|accuracy|error|err|mae|mse|rmse|m?iou|dice|m?ap\d*|f1|auc|precision|recall|lr|rate|score|perplexity|psnr|ssim|r2)(?:$|[\W_\d])/i;
const STEP_NAME = /^(?:epoch|step|iter(?:ation)?)s?$/i;
/** Longer lines are no lines for people. */
const MAX_LINE = 4000;

/**
 * Reads metrics out of a training's log: JSON lines, dictionaries as Python prints them, and `name: number` or `name=number`.
 * A line that only says `Epoch 3/10` counts for those after it.
 */
export class LogMetrics {
  /** What the line says; undefined when it tells no number of a training. */
  read(line: string): ILoggedStep | undefined {
    if (line.length > MAX_LINE) {
      return undefined;
    }
    const step = STEP.exec(line);
    if (step) {
      this._step = Number(step[1]);
      this._of = step[2] === undefined ? this._of : Number(step[2]);
    }
    const values = isObject(line)
      ? (jsonNumbers(line) ?? pairs(line, true))
      : pairs(line, false);
    if (Object.keys(values).length === 0) {
      return undefined;
    }
    return { step: this._step, of: this._of, values };
  }

  private _step?: number;
  private _of?: number;
}

const isObject = (line: string): boolean => /^\s*\{.*\}\s*$/.test(line);

function jsonNumbers(line: string): Record<string, number> | undefined {
  try {
    const entries = Object.entries(JSON.parse(line) as object);
    return Object.fromEntries(
      entries.filter(
        ([name, value]) => typeof value === 'number' && !STEP_NAME.test(name)
      )
    ) as Record<string, number>;
  } catch {
    // A dictionary of Python, perhaps.
    return undefined;
  }
}

/** @param all Every pair counts: the line holds nothing else. */
function pairs(line: string, all: boolean): Record<string, number> {
  const values: Record<string, number> = {};
  for (const [, name, number] of line.matchAll(PAIR)) {
    if (!STEP_NAME.test(name) && (all || METRIC.test(name))) {
      values[name] = Number(number);
    }
  }
  return values;
}
