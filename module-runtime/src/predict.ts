import {
  type ArgumentValues,
  readArguments
} from '@jupyterlab-deep/kernel-helpers/models';
import { DeepError } from '@jupyterlab-deep/protocol';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type IBody } from './body';
import { toCsv } from './csv';
import { sendFailure } from './failure';
import { ANY_TYPE, CSV_TYPE, type IModule } from './module';
import { readBody } from './readBody';
import { send, sendJson } from './replies';

/** Values by argument: the query's before the body's. An upload is never taken from a text, which could be a path. */
function collectValues(
  module: IModule,
  body: IBody,
  query: URLSearchParams
): ArgumentValues {
  const values: ArgumentValues = {};
  for (const { name, type } of module.arguments) {
    const text = query.get(name) ?? body.fields.get(name);
    const isFile = type === 'file';
    values[name] = isFile
      ? (body.files.get(name) ?? (text === undefined ? undefined : false))
      : text;
  }
  return values;
}

/** The media type asked for, in the one place where this module looks for it. */
function readAccept(
  { accept }: IModule,
  request: IncomingMessage,
  body: IBody,
  query: URLSearchParams
): string {
  const asked =
    accept.in === 'headers'
      ? request.headers.accept
      : (query.get('accept') ?? body.fields.get('accept'));
  if (asked === undefined) {
    return accept.types[0];
  }
  if (asked !== ANY_TYPE && !accept.types.includes(asked as string)) {
    const problem = `Must be one of: ${accept.types.join(', ')}.`;
    throw new DeepError('invalid-arguments', `accept: ${problem}`, {
      fields: { accept: [problem] }
    });
  }
  return asked as string;
}

/** Problems of all arguments at once, `accept` included. */
function readAll(
  module: IModule,
  request: IncomingMessage,
  body: IBody,
  query: URLSearchParams
): { values: ArgumentValues; accept: string } {
  const fields: Record<string, string[]> = {};
  const collect = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      if (error instanceof DeepError && error.fields) {
        Object.assign(fields, error.fields);
        return undefined;
      }
      throw error;
    }
  };
  const given = collectValues(module, body, query);
  const values = collect(() => readArguments(module.arguments, given));
  const accept = collect(() => readAccept(module, request, body, query));
  if (!values || !accept) {
    throw new DeepError('invalid-arguments', 'Some arguments are not valid.', {
      fields
    });
  }
  return { values, accept };
}

function sendResult(
  response: ServerResponse,
  accept: string,
  result: unknown
): void {
  if (accept === CSV_TYPE) {
    send(response, 200, CSV_TYPE, toCsv(result));
  } else {
    sendJson(response, 200, { status: 'OK', predictions: result });
  }
}

/** `POST /v2/models/NAME/predict/`. A client that hangs up frees what its request holds. */
export async function predict(
  module: IModule,
  request: IncomingMessage,
  response: ServerResponse,
  query: URLSearchParams
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => response.writableFinished || gone.abort());
  let body: IBody | undefined;
  try {
    body = await readBody(request, module.maxUploadBytes);
    const { values, accept } = readAll(module, request, body, query);
    const result = await module.model.predict(values, { signal: gone.signal });
    sendResult(response, accept, result);
  } catch (error) {
    await sendFailure(module, request, response, error);
  } finally {
    await body?.dispose();
  }
}
