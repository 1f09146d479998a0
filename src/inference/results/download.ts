import { harmless } from '../picture';

/** Long enough for the browser to begin. */
const KEPT_MS = 60_000;

/** Have the browser save a file. */
export function downloadBlob(blob: Blob, name: string): void {
  // Never opened: as bytes it cannot act in Jupyter's origin whatever it is.
  const url = URL.createObjectURL(harmless(blob, 'application/octet-stream'));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}
