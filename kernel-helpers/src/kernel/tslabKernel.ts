import { createRequire } from 'node:module';
import * as path from 'node:path';
import type * as converter from 'tslab/dist/converter';
import type * as executor from 'tslab/dist/executor';
import type * as jupyter from 'tslab/dist/jupyter';
import { CellErrors } from './cellErrors';
import { connectOutput, IJupyterInternals } from './cellOutput';
import { addVendoredTypes } from './vendoredTypes';

/**
 * Start tslab from `home`/node_modules. Its own `main` would run any other tslab that lies above the notebook.
 *
 * @param home Folder with our `node_modules`.
 * @param connectionFile Jupyter's connection file.
 */
export function startKernel(home: string, connectionFile: string): void {
  const load = createRequire(path.join(home, 'kernel.cjs'));
  addVendoredTypes(createRequire(load.resolve('tslab/package.json')), home);
  const protocol: typeof jupyter = load('tslab/dist/jupyter');
  const { createExecutor }: typeof executor = load('tslab/dist/executor');
  const errors = new CellErrors();
  // tslab's types allow only text in bundles; whatever is JSON gets through.
  const log = connectOutput(protocol as unknown as IJupyterInternals);
  const running = createExecutor(process.cwd(), converters(load), {
    log,
    error: errors.print
  });
  const handler = new protocol.JupyterHandlerImpl(running, false);
  completeReplies(handler, errors);
  process.on('SIGINT', () => running.interrupt());
  process.on('uncaughtException', thrown => errors.print('Uncaught:', thrown));
  process.on('unhandledRejection', reason =>
    errors.print('Unhandled:', reason)
  );
  void new protocol.ZmqServer(handler, connectionFile).init();
}

/** The converter for cells is made at once, the one for `%%browser` cells when somebody writes one. */
function converters(load: NodeJS.Require): executor.ConverterSet {
  const { createConverter }: typeof converter = load('tslab/dist/converter');
  const node = createConverter({ isJS: false, isBrowser: false });
  let browser: converter.Converter | undefined;
  return {
    node,
    get browser() {
      browser ??= createConverter({ isJS: false, isBrowser: true });
      return browser;
    },
    close: () => {
      node.close();
      browser?.close();
    }
  };
}

/**
 * tslab says `abort` where Jupyter's protocol, and so every client, says `aborted`, and leaves out why a cell failed.
 */
function completeReplies(
  handler: jupyter.JupyterHandlerImpl,
  errors: CellErrors
): void {
  const execute = handler.handleExecute.bind(handler);
  handler.handleExecute = async (...args) => {
    const reply = await execute(...args);
    const failure = errors.take();
    if (reply.status === 'abort') {
      return { ...reply, status: 'aborted' };
    }
    return reply.status === 'error' ? { ...reply, ...failure } : reply;
  };
}
