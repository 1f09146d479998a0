import {
  HEAD_BYTES,
  type Medium,
  recognise,
  recogniseBytes,
  type ResultPart
} from '@jupyterlab-deep/protocol/lib/results';

/** A module's answer, ready to be shown. */
export interface IPredictionResult {
  /** Exact, whatever the module said. */
  contentType: string;
  medium: Medium;
  blob: Blob;

  /** The parsed answer of a JSON reply that is not too large to be parsed. */
  json?: unknown;

  /** The beginning of a textual reply. */
  text?: string;

  /** Whether there is more text than `text`. */
  isCut: boolean;

  /** What a person would look at; empty where the answer is only data. */
  parts: ResultPart[];
}

/** More text than this makes the page slow; the rest can be saved as a file. */
export const SHOWN_CHARACTERS = 200_000;

/** Parsing takes the page about 10 ms a megabyte, and several times its memory. */
export const PARSED_BYTES = 24_000_000;

/** Setting out JSON for reading makes it larger; above it is shown as it came. */
const SET_OUT_BYTES = 1_000_000;

const TEXTUAL: readonly Medium[] = ['text', 'html', 'vector', 'table', 'json'];

/**
 * Understand an answer, by its content first and the given type second.
 *
 * The work is bounded: of a large answer only the beginning is read.
 */
export async function readResult(
  blob: Blob,
  contentType: string,
  filename = ''
): Promise<IPredictionResult> {
  const head = new Uint8Array(await blob.slice(0, HEAD_BYTES).arrayBuffer());
  const media = recogniseBytes(head, contentType, filename);
  const plain = { ...media, blob, parts: [], isCut: false };
  if (media.medium === 'json' && blob.size <= PARSED_BYTES) {
    return { ...plain, ...readJson(await blob.text()) };
  }
  return TEXTUAL.includes(media.medium)
    ? { ...plain, ...(await readText(blob)) }
    : plain;
}

/** Text that only says that it is JSON is shown as text: it is all that the module answered. */
function readJson(source: string): Partial<IPredictionResult> {
  try {
    const json: unknown = JSON.parse(source);
    const text =
      source.length <= SET_OUT_BYTES ? JSON.stringify(json, null, 2) : source;
    return { json, ...cut(text), parts: recognise(json) };
  } catch {
    return { ...cut(source), medium: 'text' };
  }
}

/** UTF-8 has at most four bytes a character. */
async function readText(
  blob: Blob
): Promise<Pick<IPredictionResult, 'text' | 'isCut'>> {
  const { text, isCut } = cut(
    await blob.slice(0, SHOWN_CHARACTERS * 4 + 4).text()
  );
  return { text, isCut: isCut || blob.size > SHOWN_CHARACTERS * 4 };
}

const cut = (text: string): { text: string; isCut: boolean } => ({
  text: text.slice(0, SHOWN_CHARACTERS),
  isCut: text.length > SHOWN_CHARACTERS
});
