import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';

/** The schemas of the package ai4-metadata, as the build lays them. */
export const SCHEMAS = path.resolve(
  __dirname,
  '../../../jupyterlab_deep/schemas'
);

/** A user's folders for one test. Short: paths of unix sockets are limited. */
export class TestHome {
  readonly folder = mkdtempSync('/tmp/dt-');
  readonly data = path.join(this.folder, 'd');
  readonly runtime = path.join(this.folder, 'r');
  readonly config = path.join(this.folder, 'c');
  readonly modules = path.join(this.folder, 'm');
  readonly sockets = path.join(this.folder, 'sock');
  readonly store = path.join(this.data, 'deep');
  readonly discovery = path.join(this.runtime, 'deep', 'service.json');

  constructor() {
    // Its sessions' manager has made it: one that is not there is not used.
    mkdirSync(this.sockets);
  }

  /** The environment of a service of this user. */
  get env(): Record<string, string> {
    return {
      PATH: process.env.PATH ?? '',
      DEEP_STORAGE_FOLDER: path.join(this.folder, 'datasets'),
      HOME: this.folder,
      XDG_RUNTIME_DIR: this.sockets,
      DEEP_DATA_DIR: this.data,
      DEEP_RUNTIME_DIR: this.runtime,
      DEEP_CONFIG_PATH: this.config,
      DEEP_MODULES_PATH: this.modules,
      DEEP_SCHEMAS_PATH: SCHEMAS,
      // Public catalogues are not asked by tests.
      DEEP_CATALOGUE_DISABLED: '["ai4eosc","ai4os","deep"]'
    };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Wait until something is so; the test's own time limit ends the wait. */
export async function until<T>(
  ask: () => T | Promise<T>
): Promise<NonNullable<T>> {
  for (;;) {
    const answer = await ask();
    if (answer) {
      return answer;
    }
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
