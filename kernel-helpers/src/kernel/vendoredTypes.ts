import type * as typescript from 'typescript';
import * as path from 'node:path';
import { isOwnPackage } from './modulePath';

type Typescript = typeof typescript;
type WatchHost = ReturnType<Typescript['createWatchCompilerHost']>;

const COMPILER = '@tslab/typescript-for-tslab';

/**
 * Let tslab's compiler find types in `home`/node_modules from a notebook in any folder, after those near the notebook,
 * in the order in which Node finds the modules themselves.
 *
 * tslab offers no such setting, and the exports of its compiler cannot be assigned: so the loaded module is replaced
 * before tslab asks for it.
 */
export function addVendoredTypes(load: NodeJS.Require, home: string): void {
  const ts = load(COMPILER) as Typescript;
  const tslabFolder = path.dirname(load.resolve('tslab/package.json'));
  const createWatchCompilerHost = (...args: unknown[]): unknown => {
    const [files, options, ...rest] = args as [
      string[],
      typescript.CompilerOptions,
      ...unknown[]
    ];
    const create = ts.createWatchCompilerHost as (...all: unknown[]) => unknown;
    const withTypes = {
      ...options,
      typeRoots: typeRoots(options.typeRoots ?? [], tslabFolder, home),
      ...namesOfVendored(home)
    };
    const host = create(files, withTypes, ...rest) as WatchHost;
    return resolveVendored(ts, host, home);
  };
  const loaded = load.cache[load.resolve(COMPILER)];
  if (loaded) {
    loaded.exports = { ...ts, createWatchCompilerHost };
  }
}

/** tslab brings old types of Node along; ours fit the Node that runs. */
function typeRoots(
  given: readonly string[],
  tslabFolder: string,
  home: string
): string[] {
  const near = given.filter(root => !root.startsWith(tslabFolder));
  return [...near, path.join(home, 'node_modules', '@types')];
}

/**
 * By these the compiler finds a name for types that a cell infers (`import("@jupyterlab-deep/…").Module`), which it keeps
 * for the cells after it. They play no part in how modules are found.
 */
const namesOfVendored = (home: string): typescript.CompilerOptions => ({
  paths: { '*': ['./node_modules/*'] },
  pathsBasePath: home
});

function resolveVendored(
  ts: Typescript,
  host: WatchHost,
  home: string
): WatchHost {
  const asIfHere = path.join(home, '__cell__.ts');
  const resolve = (
    name: string,
    from: string,
    { paths: _paths, ...options }: typescript.CompilerOptions
  ) => ts.resolveModuleName(name, from, options, host);
  host.resolveModuleNameLiterals = (literals, from, _redirect, options) =>
    literals.map(({ text }) => {
      if (isOwnPackage(text)) {
        return resolve(text, asIfHere, options);
      }
      const near = resolve(text, from, options);
      const isOwn = text.startsWith('.') || path.isAbsolute(text);
      return near.resolvedModule || isOwn
        ? near
        : resolve(text, asIfHere, options);
    });
  // Only changed files (the cell) are resolved anew; without this all files of @types/node would be, for each cell.
  host.hasInvalidatedResolutions = () => false;
  return host;
}
