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

/**
 * Give the helpers the notebook's output.
 *
 * @returns shows what a cell ends with: as a bundle where it knows how to be shown, else as text.
 */
export function connectOutput(
  jupyter: IJupyterInternals
): (value: unknown) => void {
  const write = (data: IBundle, displayId?: string, update = false): void =>
    jupyter.lastWriteDisplayData?.(
      { data, metadata: {}, transient: { display_id: displayId } },
      update
    );
  Object.defineProperty(globalThis, OUTPUT, { value: write });
  return value => {
    const bundle = bundleOf(value);
    if (bundle) {
      write(bundle);
    } else {
      console.log(value);
    }
  };
}

function bundleOf(value: unknown): IBundle | undefined {
  const show = (value as { [SHOWN_AS]?: () => IBundle } | null)?.[SHOWN_AS];
  return typeof show === 'function' ? show.call(value) : undefined;
}
