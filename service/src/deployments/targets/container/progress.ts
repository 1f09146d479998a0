import { addAbortSignal, Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** One line of what an engine tells while it pulls or builds. */
export interface IProgress {
  status?: string;
  id?: string;
  stream?: string;
  error?: string;
  errorDetail?: { message?: string };
  aux?: { ID?: string };
}

/**
 * Read what an engine tells to its end. Errors come with HTTP 200 as one of the lines, so each is looked at.
 *
 * @returns the error among them.
 */
export async function readProgress(
  stream: NodeJS.ReadableStream,
  onProgress: (progress: IProgress) => void,
  signal: AbortSignal
): Promise<string | undefined> {
  const readable = addAbortSignal(signal, stream as Readable);
  let failure: string | undefined;
  for await (const line of linesOf(readable)) {
    const progress = parse(line);
    failure ??= progress.errorDetail?.message ?? progress.error;
    onProgress(progress);
  }
  return failure?.trim();
}

async function* linesOf(readable: Readable): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const piece of readable as AsyncIterable<Buffer>) {
    const lines = (rest + decoder.write(piece)).split('\n');
    rest = lines.pop() as string;
    yield* lines.filter(line => line.trim());
  }
  if (rest.trim()) {
    yield rest;
  }
}

function parse(line: string): IProgress {
  try {
    return JSON.parse(line) as IProgress;
  } catch {
    return { stream: line };
  }
}

/** Counts layers: engines need not tell bytes. */
export class Layers {
  /** What is to be said now. */
  take({ id, status = '' }: IProgress): string | undefined {
    if (
      !id ||
      !/layer|download|extract|pull|exist|verif|wait|copy/i.test(status)
    ) {
      return undefined;
    }
    if (/^pulling from/i.test(status)) {
      return undefined;
    }
    const isDone = /pull complete|already exists/i.test(status);
    this._layers.set(id, isDone || this._layers.get(id) === true);
    const done = [...this._layers.values()].filter(Boolean).length;
    return `${done} of ${this._layers.size} layers`;
  }

  private readonly _layers = new Map<string, boolean>();
}
