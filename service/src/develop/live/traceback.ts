import path from 'node:path';
import type { CodeFailure } from '@jupyterlab-deep/protocol';

const BEGIN = 'Traceback (most recent call last):';
const FRAME = /^\s*File "([^"]+)", line (\d+)(?:, in (.+))?$/;
const MESSAGE = /^[A-Za-z_][\w.]*(?::|$)/;
/** A traceback that goes on for ever is no traceback. */
const MAX_LINES = 2_000;

interface IFrame {
  file: string;
  line: number;
  within?: string;
}

/** Finds what a module's own code raised, in the lines of its log. */
export class TracebackReader {
  /** @param _folders The module's folder, by all its names. */
  constructor(private readonly _folders: readonly string[]) {}

  /** Take the next piece of the log. @returns the failures that ended in it. */
  read(text: string): CodeFailure[] {
    const lines = (this._rest + text).split('\n');
    this._rest = lines.pop() ?? '';
    return lines.flatMap(line => this._take(plain(line)) ?? []);
  }

  private _take(line: string): CodeFailure | undefined {
    const begin = line.indexOf(BEGIN);
    if (begin >= 0) {
      this._open = { prefix: line.slice(0, begin), lines: [BEGIN], frames: [] };
      return undefined;
    }
    if (!this._open) {
      return this._takeBare(line);
    }
    return this._goOn(this._open, line);
  }

  private _goOn(open: IOpen, line: string): CodeFailure | undefined {
    const own = line.startsWith(open.prefix)
      ? line.slice(open.prefix.length)
      : line;
    const frame = frameOf(own);
    open.lines.push(own);
    if (frame) {
      open.frames.push(frame);
    } else if (!/^\s/.test(own) && MESSAGE.test(own)) {
      this._open = undefined;
      return this._failure(open, own);
    } else if (open.lines.length > MAX_LINES) {
      this._open = undefined;
    }
    return undefined;
  }

  /** A program that cannot be parsed has no traceback where it is the first that is run. */
  private _takeBare(line: string): CodeFailure | undefined {
    const frame = frameOf(line);
    if (frame && this._below(frame.file) !== undefined) {
      this._open = { prefix: '', lines: [line], frames: [frame] };
    }
    return undefined;
  }

  private _failure(
    { lines, frames }: IOpen,
    message: string
  ): CodeFailure | undefined {
    const own = frames.flatMap(({ file, ...rest }) => {
      const below = this._below(file);
      return below === undefined ? [] : [{ file: below, ...rest }];
    });
    const last = own.at(-1);
    return (
      last && {
        message,
        ...last,
        frames: own,
        text: lines.join('\n'),
        at: new Date().toISOString()
      }
    );
  }

  /** A file's path below the module's folder; undefined for others, and for what is installed in it. */
  private _below(file: string): string | undefined {
    const found = this._folders
      .map(folder => path.relative(folder, file))
      .find(relative => relative !== '' && !relative.startsWith('..'));
    const isInstalled = /(^|\/)(site-packages|\.venv)\//.test(found ?? '');
    return isInstalled || path.isAbsolute(found ?? '/') ? undefined : found;
  }

  private _rest = '';
  private _open?: IOpen;
}

interface IOpen {
  /** What a logger puts before each line. */
  prefix: string;
  lines: string[];
  frames: IFrame[];
}

function frameOf(line: string): IFrame | undefined {
  const [, file, number, within] = FRAME.exec(line) ?? [];
  return file
    ? { file, line: Number(number), ...(within && { within }) }
    : undefined;
}

/** Loggers colour what they write. */
const plain = (line: string): string =>
  line.replace(/\u001b\[[\d;]*m/g, '').trimEnd();
