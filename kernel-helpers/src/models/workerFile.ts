import { existsSync } from 'node:fs';
import * as path from 'node:path';

/**
 * The built file of a worker: beside the bundle that runs, or, when these sources run themselves, in the package's `dist/workers`,
 * where `node kernel-helpers/src/models/buildWorkers.mjs` puts it.
 */
export function workerFile(name: string): string {
  const fileName = `${name}.mjs`;
  const beside = path.join(__dirname, fileName);
  return existsSync(beside)
    ? beside
    : path.join(__dirname, '..', '..', 'dist', 'workers', fileName);
}
