import { DeepApp } from '../../http/types';
import { readingRoutes } from './readingRoutes';
import { ISavingParts } from './saving';
import { trashRoutes } from './trashRoutes';
import { writingRoutes } from './writingRoutes';

/** Routes of the files of accounts: what a drive in the file browser needs. */
export function fileRoutes(app: DeepApp, parts: ISavingParts): void {
  readingRoutes(app, parts.accounts);
  writingRoutes(app, parts);
  trashRoutes(app, parts.accounts);
}
