import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { sniffContentType } from '../deepaas/reply';
import type { FileSource } from '../deepaas/types';
import { IBar, barsBundle } from './bars';
import { answerBundle } from './answer';
import { IMimeBundle, isShowable, SHOWN_AS, textBundle } from './bundle';
import { fileBundle, IFile } from './file';
import { write } from './output';
import { pictureBundle } from './picture';
import { IProgress, Progress } from './progress';
import { Row, tableBundle } from './table';

export type { IBar, IMimeBundle, IProgress };

/** A picture: a path relative to the notebook, its bytes, or a file argument of a module. */
export type PictureSource = string | Uint8Array | FileSource;

/** Shows things in the notebook; in a plain Node process as text on standard output. */
export interface IDisplay {
  /** Anything: predictions, modules and tables as a person would look at them, other values as text. */
  (value: unknown): void;
  /** Rows as a table; `columns` picks and orders them. */
  table(rows: readonly object[], columns?: readonly string[]): void;
  /** Names with shares from 0 to 1 as bars. */
  bars(bars: readonly IBar[] | Record<string, number>): void;
  /** A picture, made smaller where it is large. `maxSide` in pixels. */
  picture(source: PictureSource, options?: { maxSide?: number }): void;
  /** A file of any kind, relative to the notebook: pictures, sound, CSV, ZIP, JSON, as its content says. */
  file(path: string): void;
  /** Your own HTML, as it is: escape what comes from elsewhere. */
  html(html: string): void;
  /** Any MIME bundle. */
  bundle(bundle: IMimeBundle): void;
  /** A line in place with the elapsed time. */
  progress(text: string): IProgress;
}

export const display: IDisplay = Object.assign(
  (value: unknown): void => write(bundleOf(value)),
  {
    table: (rows: readonly object[], columns?: readonly string[]) =>
      write(tableBundle(rows as readonly Row[], columns)),
    bars: (bars: readonly IBar[] | Record<string, number>) =>
      write(barsBundle(isList(bars) ? bars : named(bars))),
    picture: (source: PictureSource, options: { maxSide?: number } = {}) =>
      write(pictureBundle(fileOf(source), options.maxSide)),
    file: (path: string) => write(fileBundle(readFile(path))),
    html: (html: string) =>
      write({ 'text/html': html, 'text/plain': withoutTags(html) }),
    bundle: (bundle: IMimeBundle) => write(bundle),
    progress: (text: string) => new Progress(text)
  }
);

const isList = <T>(value: readonly T[] | object): value is readonly T[] =>
  Array.isArray(value);

const named = (bars: Record<string, number>): IBar[] =>
  Object.entries(bars).map(([label, value]) => ({ label, value }));

const withoutTags = (html: string): string =>
  html
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

/** How a value is shown. */
export function bundleOf(value: unknown): IMimeBundle {
  if (isShowable(value)) {
    return value[SHOWN_AS]();
  }
  return plainBundle(value);
}

function plainBundle(value: unknown): IMimeBundle {
  if (typeof value === 'string') {
    return textBundle(value);
  }
  if (isPicture(value)) {
    return pictureBundle(fileOf(value));
  }
  return isData(value) ? answerBundle(value) : textBundle(String(value));
}

/** Data has a view of its own; functions and symbols have a name. */
const isData = (value: unknown): boolean =>
  !['function', 'symbol', 'undefined', 'bigint'].includes(typeof value);

const readFile = (name: string): IFile => ({
  data: readFileSync(path.resolve(name)),
  name: path.basename(name)
});

/** Bytes, or a file argument with bytes, that begin like a picture. */
function isPicture(value: unknown): value is PictureSource {
  const bytes =
    value instanceof Uint8Array
      ? value
      : (value as { data?: unknown } | null | undefined)?.data;
  return (
    bytes instanceof Uint8Array &&
    sniffContentType(bytes)?.startsWith('image/') === true
  );
}

/** A picture or file argument as a source; paths are relative to the notebook. */
export function fileOf(
  source: PictureSource,
  filename = 'picture'
): FileSource {
  if (typeof source === 'string') {
    return { path: path.resolve(source) };
  }
  return source instanceof Uint8Array ? { data: source, filename } : source;
}
