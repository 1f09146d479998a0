import { DeepError } from '@jupyterlab-deep/protocol';
import { type IncomingMessage } from 'node:http';

/** An uploaded file: its bytes, or the path of the temporary file that holds them. */
export type Upload = Buffer | string;

/** Arguments from a request's body. */
export interface IBody {
  fields: Map<string, unknown>;
  files: Map<string, Upload>;
  /** Frees memory and temporary files. */
  dispose(): Promise<void>;
}

/** Of arguments that are not files. */
export const MAX_FIELD_BYTES = 1024 ** 2;
export const MAX_PARTS = 100;

/** A body without files. */
export const withFields = (fields: Map<string, unknown>): IBody => ({
  fields,
  files: new Map(),
  dispose: async () => undefined
});

export const damaged = (detail: string): DeepError =>
  new DeepError('invalid-request', detail, {
    hint: 'Send the arguments as multipart/form-data, as a form, or as JSON.'
  });

export const hungUp = (): DeepError =>
  new DeepError('cancelled', 'The client closed the connection.');

/** The first value of a name counts, as in aiohttp. */
export function setOnce<T>(
  values: Map<string, T>,
  name: string,
  value: T
): void {
  if (!values.has(name)) {
    values.set(name, value);
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_FIELD_BYTES) {
      throw damaged('The arguments have more than 1 MB.');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

export async function readJson(request: IncomingMessage): Promise<IBody> {
  const text = await readText(request);
  try {
    const value: unknown = text === '' ? {} : JSON.parse(text);
    const isObject = typeof value === 'object' && !Array.isArray(value);
    return withFields(new Map(Object.entries(isObject && value ? value : {})));
  } catch (error) {
    throw new DeepError('invalid-request', 'The body is not valid JSON.', {
      // What real DEEPaaS says, in its place for it.
      fields: { json: ['Invalid JSON body.'] },
      cause: error
    });
  }
}

export async function readForm(request: IncomingMessage): Promise<IBody> {
  const fields = new Map<string, unknown>();
  for (const [name, value] of new URLSearchParams(await readText(request))) {
    setOnce(fields, name, value);
  }
  return withFields(fields);
}
