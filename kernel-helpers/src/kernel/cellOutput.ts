import { inspect } from 'node:util';

/** How the helpers reach the kernel's output; see `display/output.ts`. */
const OUTPUT = Symbol.for('jupyterlab-deep.output');
/** Convention for objects that know how to be shown: a method that returns a MIME bundle. */
const SHOWN_AS = Symbol.for('Jupyter.display');

interface IBundle {
  [mime: string]: unknown;
}

interface IDisplayMessage {
  data: IBundle;
  metadata: object;
  transient: { display_id?: string };
}

/** tslab's own public display knows one MIME type a message; its inner function takes a whole bundle. */
export interface IJupyterInternals {
  lastWriteDisplayData?: (message: IDisplayMessage, update: boolean) => void;
}

/** Give the helpers, and cells that end with something showable, the notebook's output. */
export function connectOutput(jupyter: IJupyterInternals): {
  log: (value: unknown) => void;
  error: (...values: unknown[]) => void;
} {
  const write = (data: IBundle, displayId?: string, update = false): void =>
    jupyter.lastWriteDisplayData?.(
      { data, metadata: {}, transient: { display_id: displayId } },
      update
    );
  Object.defineProperty(globalThis, OUTPUT, { value: write });
  return {
    log: value => {
      const bundle = bundleOf(value);
      if (bundle) {
        write(bundle);
      } else {
        console.log(value);
      }
    },
    error: (...values) => console.error(...values.map(readable))
  };
}

function bundleOf(value: unknown): IBundle | undefined {
  const show = (value as { [SHOWN_AS]?: () => IBundle } | null)?.[SHOWN_AS];
  return typeof show === 'function' ? show.call(value) : undefined;
}

/** Lines of a stack that belong to the kernel, not to the cell. */
const OF_THE_KERNEL = /^\s+at .*(tslab.dist|kernel\.cjs|node:vm|node:internal)/;

/** Failures as a person reads them. Our own are sentences, which a stack of our code would only hide. */
function readable(value: unknown): unknown {
  if (!(value instanceof Error)) {
    return value;
  }
  if (isInterrupt(value)) {
    return 'Interrupted.';
  }
  if (value.name === 'DeepError') {
    const { title, detail, hint, technical } = value as Error & IDeepErrorShape;
    const lines = [`${title}: ${detail}`, hint, technical && `(${technical})`];
    return lines.filter(Boolean).join('\n');
  }
  const lines = inspect(value).split('\n');
  return lines.filter(line => !OF_THE_KERNEL.test(line)).join('\n');
}

const isInterrupt = (error: Error & { code?: string }): boolean =>
  error.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED' ||
  error.message === 'Interrupted asynchronously';

/** By shape: the helpers' bundle has a class of its own. */
interface IDeepErrorShape {
  title: string;
  detail: string;
  hint?: string;
  technical?: string;
}
