import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { at } from './paths.mjs';

const require = createRequire(at('package.json'));
const NAME = 'named-imports';
const PACKAGE = /^(@[\w.-]+\/)?[a-z][\w.-]*$/;
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/**
 * For esbuild with `splitting`: `await import('undici')` of a CommonJS package would give its `default` alone, since a chunk has to
 * say the names of what it exports and esbuild does not know them. They are asked of the package itself.
 */
export const namedImports = {
  name: NAME,
  setup({ onLoad, onResolve, resolve }) {
    onResolve({ filter: PACKAGE }, async args => {
      const { kind, importer, resolveDir, pluginData } = args;
      if (kind !== 'dynamic-import' || pluginData === NAME) {
        return undefined;
      }
      const options = { kind, importer, resolveDir, pluginData: NAME };
      const found = await resolve(args.path, options);
      return !found.external && isCommonJs(found.path)
        ? { path: args.path, namespace: NAME, pluginData: resolveDir }
        : found;
    });
    onLoad({ filter: /.*/, namespace: NAME }, args => ({
      contents: namesOf(args.path),
      resolveDir: args.pluginData
    }));
  }
};

function namesOf(name) {
  const names = Object.keys(require(name)).filter(
    each => each !== 'default' && IDENTIFIER.test(each)
  );
  return [
    `import * as all from ${JSON.stringify(name)};`,
    'export default all.default;',
    ...names.map((each, index) => `const n${index} = all.${each};`),
    `export { ${names.map((each, index) => `n${index} as ${each}`).join(', ')} };`
  ].join('\n');
}

/** As Node tells: by its name, else by its package. */
function isCommonJs(file) {
  const extension = path.extname(file);
  if (extension !== '.js') {
    return extension === '.cjs';
  }
  for (
    let folder = path.dirname(file);
    folder !== path.dirname(folder);
    folder = path.dirname(folder)
  ) {
    const manifest = path.join(folder, 'package.json');
    if (existsSync(manifest)) {
      return JSON.parse(readFileSync(manifest, 'utf8')).type !== 'module';
    }
  }
  return true;
}
