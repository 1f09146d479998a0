import { VERSION_PATTERN } from '@jupyterlab-deep/protocol';

/** What is signed, in each version's folder. */
export const MANIFEST = 'deep-module.json';
/** Where modules are shared, in the files of their owner. */
export const SHARED_FOLDER = 'Shared modules';
/** What is on its way has such a name: nobody lists it, and nothing of it is shared. */
export const PART = '.publishing-';

export const MAX_FILES = 5_000;
export const MAX_BYTES = 50 * 1024 ** 3;
const MAX_PATH = 500;
const MAX_NAME_BYTES = 200;

const VERSION = new RegExp(VERSION_PATTERN);
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/;

export const isVersion = (text: string): boolean =>
  VERSION.test(text) && text.length <= 80;
export const isSharedName = (text: string): boolean => NAME.test(text);

/** Why a path inside of a shared folder cannot be taken; undefined when it can, on every system. */
export function whyBadPath(file: string): string | undefined {
  if (file.length > MAX_PATH) {
    return 'its path is too long';
  }
  for (const name of file.split('/')) {
    if (name === '' || name === '.' || name === '..') {
      return 'its path leads elsewhere';
    }
    if (/[\x00-\x1f\x7f\\:*?"<>|]/.test(name) || /[. ]$/.test(name)) {
      return 'its name has characters that not every system can hold';
    }
    if (name.startsWith('.')) {
      return 'hidden files are not shared';
    }
    if (Buffer.byteLength(name) > MAX_NAME_BYTES) {
      return 'its name is too long';
    }
  }
  return undefined;
}

/** Equal for names that some systems take for one: `A.txt` and `a.txt`, composed and decomposed letters. */
export const foldedPath = (file: string): string =>
  file.normalize('NFC').toLowerCase();

/** Newest first. */
export const byVersion = (a: string, b: string): number =>
  compareVersions(b, a);

/** As semantic versioning has it: `1.10.0` after `1.9.0`, `1.0.0` after `1.0.0-beta`. */
export function compareVersions(a: string, b: string): number {
  const [one, other] = [partsOf(a), partsOf(b)];
  for (let n = 0; n < 4; n++) {
    const difference = (one.numbers[n] ?? 0) - (other.numbers[n] ?? 0);
    if (difference !== 0) {
      return difference;
    }
  }
  if (one.rest === '' || other.rest === '') {
    return (one.rest === '' ? 1 : 0) - (other.rest === '' ? 1 : 0);
  }
  return one.rest.localeCompare(other.rest, 'en', { numeric: true });
}

function partsOf(version: string): { numbers: number[]; rest: string } {
  const [, numbers, rest] = /^([\d.]+)(?:-([^+]*))?/.exec(version) ?? [];
  return {
    numbers: (numbers ?? '').split('.').map(Number),
    rest: rest ?? ''
  };
}

/** The one after: `1.5.0` after `1.4.2`. */
export function versionAfter(version: string): string {
  const { numbers } = partsOf(version);
  return `${numbers[0] ?? 1}.${(numbers[1] ?? 0) + 1}.0`;
}
