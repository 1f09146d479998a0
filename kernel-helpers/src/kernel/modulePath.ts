import Module from 'node:module';
import * as path from 'node:path';

/** Node's own, not in its types: reads NODE_PATH anew. */
interface IModuleInternals {
  _initPaths(): void;
}

/** Let cells in any folder `require` what lies in `folder`; what lies nearer to the notebook goes first. */
export function findModulesIn(folder: string): void {
  const given = (process.env.NODE_PATH ?? '').split(path.delimiter);
  if (given.includes(folder)) {
    return;
  }
  process.env.NODE_PATH = [folder, ...given.filter(Boolean)].join(
    path.delimiter
  );
  (Module as unknown as IModuleInternals)._initPaths();
}
