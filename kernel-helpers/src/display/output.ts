import { randomUUID } from 'node:crypto';
import type { IMimeBundle } from './bundle';

/** A place in the output whose content can be replaced. */
export interface IOutputSlot {
  write(bundle: IMimeBundle): void;
}

type Write = (
  bundle: IMimeBundle,
  displayId?: string,
  update?: boolean
) => void;

interface ITslabDisplay {
  raw(mime: string, content: string | Uint8Array): void;
}

interface ITslab {
  display: ITslabDisplay;
  newDisplay(): ITslabDisplay;
}

type GlobalDisplay = (
  bundle: IMimeBundle,
  options?: { display_id?: string; update?: boolean }
) => void;

/** The richest type first; types that are text themselves. */
const BY_RICHNESS = [
  'text/html',
  'image/svg+xml',
  'image/png',
  'image/jpeg',
  'text/markdown',
  'text/plain'
];

/** Show a bundle once. */
export function write(bundle: IMimeBundle): void {
  newSlot().write(bundle);
}

/**
 * A place in the output, by what this process runs in: our kernel, another tslab, a kernel with a global `display`,
 * else plain text on standard output.
 */
export function newSlot(): IOutputSlot {
  const ours = (globalThis as { [key: symbol]: unknown })[
    Symbol.for('jupyterlab-deep.output')
  ];
  if (typeof ours === 'function') {
    return updating(ours as Write);
  }
  const tslab = runningTslab();
  if (tslab) {
    return tslabSlot(tslab);
  }
  const display = (globalThis as { display?: unknown }).display;
  if (typeof display === 'function') {
    return updating((bundle, id, update) =>
      (display as GlobalDisplay)(bundle, { display_id: id, update })
    );
  }
  return { write: bundle => process.stdout.write(`${plainText(bundle)}\n`) };
}

/** Is there a notebook that can replace what it shows? */
export const canUpdate = (): boolean =>
  Symbol.for('jupyterlab-deep.output') in globalThis ||
  typeof (globalThis as { display?: unknown }).display === 'function' ||
  runningTslab() !== undefined;

function updating(send: Write): IOutputSlot {
  const displayId = randomUUID();
  let isShown = false;
  return {
    write: bundle => {
      send(bundle, displayId, isShown);
      isShown = true;
    }
  };
}

/** Only a tslab that runs this process: loading one would start nothing and take a second. */
function runningTslab(): ITslab | undefined {
  const loaded = Object.values(require.cache).find(found =>
    /[\\/]tslab[\\/]dist[\\/]public\.js$/.test(found?.filename ?? '')
  );
  return loaded?.exports as ITslab | undefined;
}

/** tslab takes one type a message, so the richest is sent. */
function tslabSlot(tslab: ITslab): IOutputSlot {
  const slot = tslab.newDisplay();
  return {
    write: bundle => {
      const mime = BY_RICHNESS.find(type => bundle[type] !== undefined);
      const content = bundle[mime ?? 'text/plain'];
      slot.raw(mime ?? 'text/plain', String(content ?? ''));
    }
  };
}

export const plainText = (bundle: IMimeBundle): string =>
  String(bundle['text/plain'] ?? Object.keys(bundle).join(', '));
