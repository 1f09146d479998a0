import { below, Manifest, nameOf, WANTED } from './manifest';

/** Larger files go apart, by ranges, so that a cut does not lose them. */
export const LARGE_BYTES = 32 * 1024 * 1024;
/** Fewer files are fetched one by one. */
const MIN_ZIP_FILES = 4;
/** Names of one request, as it is an address. */
const MAX_NAMES_CHARACTERS = 4_000;
/** So much of a ZIP may be bytes that nobody wants. */
const MAX_WASTE = 0.1;

const SMALL = `${WANTED} AND thereBytes <= ${LARGE_BYTES}`;

/** One stream: a folder below the dataset, whole or only these names in it. */
export interface IZip {
  folder: string;
  names?: string[];
}

interface ISums {
  files: number;
  bytes: number;
  otherBytes: number;
}

/** The fewest streams that bring what is wanted without bringing much that is not. */
export function* planZips(manifest: Manifest, folder = ''): Generator<IZip> {
  const { files, bytes, otherBytes } = sumsBelow(manifest, folder);
  if (files < MIN_ZIP_FILES) {
    return;
  }
  if (otherBytes <= bytes * MAX_WASTE) {
    yield { folder };
    return;
  }
  const names = wantedNames(manifest, folder);
  for (const child of childrenOf(manifest, folder)) {
    const sums = sumsBelow(manifest, child);
    if (sums.files > 0 && sums.otherBytes <= sums.bytes * MAX_WASTE) {
      names.push(nameOf(child));
    } else {
      yield* planZips(manifest, child);
    }
  }
  yield* inRequests(folder, names);
}

function* inRequests(folder: string, names: string[]): Generator<IZip> {
  let some: string[] = [];
  let characters = 0;
  for (const name of names) {
    const length = encodeURIComponent(name).length + 9;
    if (characters + length > MAX_NAMES_CHARACTERS) {
      yield { folder, names: some };
      some = [];
      characters = 0;
    }
    some.push(name);
    characters += length;
  }
  if (some.length > 0) {
    yield { folder, names: some };
  }
}

function sumsBelow(manifest: Manifest, folder: string): ISums {
  const isWanted = `coalesce(${SMALL}, FALSE)`;
  return manifest.all<ISums>(
    `SELECT count(*) FILTER (WHERE ${isWanted}) AS files,
       coalesce(sum(thereBytes) FILTER (WHERE ${isWanted}), 0) AS bytes,
       coalesce(sum(thereBytes) FILTER (WHERE NOT ${isWanted}), 0) AS otherBytes
     FROM files WHERE path >= ? AND path < ? AND thereEtag IS NOT NULL`,
    ...below(folder)
  )[0];
}

const wantedNames = (manifest: Manifest, folder: string): string[] =>
  manifest
    .all<{
      path: string;
    }>(`SELECT path FROM files WHERE parent = ? AND ${SMALL}`, folder)
    .map(({ path }) => nameOf(path));

const childrenOf = (manifest: Manifest, folder: string): string[] =>
  manifest
    .all<{
      path: string;
    }>('SELECT path FROM folders WHERE parent = ?', folder)
    .map(({ path }) => path);
