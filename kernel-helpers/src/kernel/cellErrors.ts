import { format, inspect } from 'node:util';

/** The part of Jupyter's reply that says why a cell failed; runners such as nbclient show it. */
export interface IFailure {
  ename: string;
  evalue: string;
  traceback: string[];
}

/** Lines of a stack that belong to the kernel, not to the cell. */
const OF_THE_KERNEL = /^\s+at .*(tslab.dist|kernel\.cjs|node:vm|node:internal)/;

/** Prints failures as a person reads them, and keeps the last for the cell's reply. */
export class CellErrors {
  /** The failure of the running cell; forgotten afterwards. */
  take(): IFailure | undefined {
    const failure = this._last;
    this._last = undefined;
    return failure;
  }

  /** Like `console.error`, which tslab calls with a thrown value or with a message of the compiler. */
  readonly print = (...values: unknown[]): void => {
    const thrown = values.find(
      (value): value is Error => value instanceof Error
    );
    const text = format(...values.map(readable));
    this._last = {
      ename: thrown?.name ?? 'Error',
      evalue: thrown?.message ?? text,
      traceback: [...(this._last?.traceback ?? []), text]
    };
    console.error('%s', text);
  };

  private _last?: IFailure;
}

/** Our own failures are sentences, which a stack of our code would only hide. */
function readable(value: unknown): unknown {
  if (!(value instanceof Error)) {
    return value;
  }
  if (isInterrupt(value)) {
    return 'Interrupted.';
  }
  if (value.name === 'DeepError') {
    const { detail, hint, technical } = value as Error & IDeepErrorShape;
    const lines = [detail, hint, technical && `Details: ${technical}`];
    return lines.filter(Boolean).join('\n');
  }
  const lines = inspect(value).split('\n');
  return lines.filter(line => !OF_THE_KERNEL.test(line)).join('\n');
}

const isInterrupt = (error: Error & { code?: string }): boolean =>
  error.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED' ||
  error.message === 'Interrupted asynchronously';

/** By shape: the helpers' bundle has a class of its own. */
interface IDeepErrorShape {
  detail: string;
  hint?: string;
  technical?: string;
}
