/** Entry of the kernel “TypeScript (DEEP)”: `node kernel.cjs CONNECTION_FILE`. */
import { enableCompileCache, flushCompileCache } from 'node:module';
import * as path from 'node:path';
import { endWithParent } from './parent';
import { findModulesIn, preferOwnPackages } from './modulePath';
import { startKernel } from './tslabKernel';

const [connectionFile] = process.argv.slice(2);
if (!connectionFile) {
  console.error('Usage: node kernel.cjs CONNECTION_FILE');
  process.exit(2);
}
const home = process.env.DEEP_NODE_HOME ?? __dirname;
const store =
  process.env.DEEP_STORE_DIRECTORY ??
  (process.env.DEEP_DATA_DIR && path.join(process.env.DEEP_DATA_DIR, 'deep'));
if (store) {
  // Compiling the TypeScript compiler itself is a good part of the start.
  enableCompileCache(path.join(store, 'compiled'));
}
findModulesIn(path.join(home, 'node_modules'));
preferOwnPackages(home);
endWithParent();
startKernel(home, connectionFile);
// Jupyter may end a kernel by force; what was compiled is kept now.
flushCompileCache();
