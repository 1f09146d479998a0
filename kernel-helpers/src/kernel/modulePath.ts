import Module from 'node:module';
import * as path from 'node:path';

/** Node's own, not in its types; `_initPaths` reads NODE_PATH anew. */
interface IModuleInternals {
  _initPaths(): void;
  _resolveFilename(
    request: string,
    parent: unknown,
    isMain?: boolean,
    options?: { paths?: string[] }
  ): string;
}

const internals = Module as unknown as IModuleInternals;

/**
 * Our own packages belong to the service that they speak to: another copy near the notebook, such as a clone of this
 * project, is not taken.
 */
export const isOwnPackage = (name: string): boolean =>
  name.startsWith('@jupyterlab-deep/');

/** Let cells in any folder `require` what lies in `folder`; what lies nearer to the notebook goes first. */
export function findModulesIn(folder: string): void {
  const given = (process.env.NODE_PATH ?? '').split(path.delimiter);
  if (given.includes(folder)) {
    return;
  }
  process.env.NODE_PATH = [folder, ...given.filter(Boolean)].join(
    path.delimiter
  );
  internals._initPaths();
}

/** Have cells load our own packages from `home`/node_modules. */
export function preferOwnPackages(home: string): void {
  const resolve = internals._resolveFilename;
  internals._resolveFilename = (request, parent, isMain, options) =>
    resolve.call(
      internals,
      request,
      parent,
      isMain,
      isOwnPackage(request) ? { paths: [home] } : options
    );
}
