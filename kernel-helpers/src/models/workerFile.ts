import { existsSync } from 'node:fs';
import * as path from 'node:path';

/**
 * A built file that is loaded at run time, a worker's most of all: beside the bundle that runs, or, when these sources run themselves,
 * in the package's `dist/workers`, where `node kernel-helpers/src/models/buildWorkers.mjs` puts it.
 */
export function workerFile(name: string, ending = '.mjs'): string {
  const fileName = `${name}${ending}`;
  const beside = path.join(__dirname, fileName);
  return existsSync(beside)
    ? beside
    : path.join(__dirname, '..', '..', 'dist', 'workers', fileName);
}
