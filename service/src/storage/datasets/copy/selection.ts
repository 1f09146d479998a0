import { Minimatch } from 'minimatch';
import { isPart } from './landing';

const MAX_NAME_BYTES = 255;
/** Linux takes 4,096 with the root in front. */
const MAX_PATH_BYTES = 3_500;

const OPTIONS = {
  nocase: true,
  nocomment: true,
  nonegate: true,
  dot: true,
  platform: 'linux'
} as const;

/** Which files of a dataset are to be here. */
export class Selection {
  /** @param patterns Globs below the dataset; none: all files. */
  constructor(patterns: readonly string[]) {
    this._globs = patterns.map(pattern => new Minimatch(pattern, OPTIONS));
  }

  has(path: string): boolean {
    return this._globs.length === 0 || this._globs.some(g => g.match(path));
  }

  private readonly _globs: Minimatch[];
}

/** Why this machine cannot hold a file of the cloud, in words; undefined: it can. */
export function whyNotHere(path: string): string | undefined {
  const segments = path.split('/');
  if (
    segments.some(each => each === '' || each === '.' || each === '..') ||
    /[\0\\]/.test(path)
  ) {
    return 'its name is not one of a file below the dataset';
  }
  if (segments.some(each => Buffer.byteLength(each) > MAX_NAME_BYTES)) {
    return `its name is longer than ${MAX_NAME_BYTES} bytes`;
  }
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) {
    return `its path is longer than ${MAX_PATH_BYTES} bytes`;
  }
  return segments.some(isPart)
    ? 'its name is one that unfinished files have here'
    : undefined;
}
