import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from 'pino';

/** In the store while something is at work that goes on by itself, read by the door (jupyterlab_deep/extension.py). */
const FILE = 'unfinished';

/** By a file, whoever starts Jupyter sees that the service has work, without knowing the store. */
export class Unfinished {
  constructor(
    private readonly _folder: string,
    private readonly _logger: Pick<Logger, 'warn'>
  ) {}

  /** @param owner Who has work, or none any more. */
  mark(owner: string, hasWork: boolean): void {
    if (hasWork) {
      this._owners.add(owner);
    } else {
      this._owners.delete(owner);
    }
    const file = path.join(this._folder, FILE);
    this._marking = this._marking
      .then(() =>
        this._owners.size > 0 ? writeFile(file, '') : rm(file, { force: true })
      )
      .catch(error =>
        this._logger.warn({ err: error }, 'unfinished work is not marked')
      );
  }

  private readonly _owners = new Set<string>();
  private _marking = Promise.resolve();
}
