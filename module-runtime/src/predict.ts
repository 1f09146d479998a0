import {
  type ArgumentValues,
  type IArgument,
  type IClassification,
  readArguments
} from '@jupyterlab-deep/kernel-helpers/models';
import { DeepError } from '@jupyterlab-deep/protocol';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type IBody, readBody } from './body';
import { ANY_TYPE, type IModule, JSON_TYPE } from './module';
import { send, sendFieldProblems, sendJson, sendStatus } from './replies';

/** How long a refused upload may go on before the connection is cut; until then the client can read why. */
const DRAIN_MS = 5000;

/** The values given, those of the query before those of the body; the first of repeated ones. */
function mergeQuery(body: ArgumentValues, query: URLSearchParams): void {
  for (const name of new Set(query.keys())) {
    body[name] = query.get(name);
  }
}

/** The media type asked for, in the one place where this module looks. */
function readAccept(
  { accept }: IModule,
  request: IncomingMessage,
  values: ArgumentValues
): string {
  const asked =
    accept.in === 'headers' ? request.headers.accept : values.accept;
  if (asked === undefined) {
    return accept.types[0];
  }
  if (asked !== ANY_TYPE && !accept.types.includes(asked as string)) {
    const problem = `Must be one of: ${accept.types.join(', ')}.`;
    throw new DeepError('invalid-arguments', problem, {
      fields: { accept: [problem] }
    });
  }
  return asked as string;
}

/** An uploaded file never is a path of the client's choice, so a text in its place is no file. */
function refusePaths(
  declared: IArgument[],
  body: IBody,
  query: URLSearchParams,
  isMultipart: boolean
): void {
  for (const { name, type } of declared) {
    const isUpload =
      isMultipart && !query.has(name) && body.uploads.has(name);
    if (type === 'file' && body.values[name] !== undefined && !isUpload) {
      body.values[name] = 0;
    }
  }
}

const toCsv = ({ predictions }: IClassification): string =>
  ['label,probability,index']
    .concat(
      predictions.map(
        ({ label, probability, index }) =>
          `"${label.replaceAll('"', '""')}",${probability},${index}`
      )
    )
    .join('\n') + '\n';

export { DRAIN_MS, mergeQuery, readAccept, refusePaths, toCsv, send, sendFieldProblems, sendJson, sendStatus, readArguments, readBody, JSON_TYPE, type ServerResponse };
