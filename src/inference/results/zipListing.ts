import { unzipSync } from 'fflate';

/** An archive is held in memory as a whole. */
export const MOST_ARCHIVE_BYTES = 300_000_000;

/** A file that is taken out is held in memory too. */
export const MOST_FILE_BYTES = 100_000_000;

/** More entries than these are not listed. */
const MOST_ENTRIES = 5000;

/** A file of an archive, as its directory says. */
export interface IZipEntry {
  name: string;
  sizeBytes: number;
  isFolder: boolean;
}

export interface IZipListing {
  entries: IZipEntry[];
  isCut: boolean;
}

class Enough extends Error {}

/**
 * Read an archive's directory; nothing is unpacked.
 *
 * @throws Error when it is none.
 */
export function listZip(bytes: Uint8Array): IZipListing {
  const entries: IZipEntry[] = [];
  try {
    unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (entries.length === MOST_ENTRIES) {
          throw new Enough();
        }
        const isFolder = name.endsWith('/');
        entries.push({ name, sizeBytes: originalSize, isFolder });
        return false;
      }
    });
  } catch (reason) {
    if (reason instanceof Enough) {
      return { entries, isCut: true };
    }
    throw reason;
  }
  return { entries, isCut: false };
}

/**
 * Take one file out of an archive. The room for it is what the directory says, so that a bomb cannot grow beyond it.
 *
 * @param place - in the listing: names may repeat.
 * @throws Error when it is too large, or larger than the directory says.
 */
export function takeFromZip(bytes: Uint8Array, place: number): Uint8Array {
  let at = -1;
  let wanted = '';
  const found = unzipSync(bytes, {
    filter: ({ name, originalSize }) => {
      at += 1;
      if (at !== place) {
        return false;
      }
      if (originalSize > MOST_FILE_BYTES) {
        throw new RangeError(String(originalSize));
      }
      wanted = name;
      return true;
    }
  });
  return found[wanted];
}
