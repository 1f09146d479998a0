import path from 'node:path';
import {
  FileSource,
  IPredictReply
} from '@jupyterlab-deep/kernel-helpers/deepaas';
import { DeepError, portFit, TopologyNode } from '@jupyterlab-deep/protocol';
import { IKnownApi, keepFile, takeFile, TopologyCache } from './cache';
import { hashOf, sourceOf } from './fileContent';
import { IResult, NodeWork } from './nodeWork';
import { ICarried, IFiring, ITopologyFile } from './token';

type ModuleNode = Extract<TopologyNode, { kind: 'module' }>;

/**
 * Ask a module for one item, unless its answer is known.
 *
 * @throws DeepError of this item alone; what ends the run.
 */
export async function askModule(
  { modules, cache, files, useCache, signal }: NodeWork.IParts,
  node: ModuleNode,
  firing: IFiring,
  onBegin: () => void
): Promise<IResult> {
  const api = await modules.identity(node.module);
  const given = await inputsOf(node, firing, api);
  const accept = node.accept ?? api.accepts[0];
  const key = TopologyCache.keyOf(
    ...[node.module, api.stamp, api.fingerprint, accept],
    ...[sortedEntries(given.args), sortedEntries(given.hashes)]
  );
  const known = useCache ? cache.get(key) : undefined;
  if (known) {
    onBegin();
    const file = known.file && (await takeFile(files, key, known.file));
    return { outputs: [answer(file ? { file } : known)], isCached: true };
  }
  signal.throwIfAborted();
  const use = modules.use(node.module);
  const { args } = given;
  const sources = await sourcesOf(given.files);
  const question = { args, files: sources, accept: node.accept, onBegin };
  const reply = await use.ask(question).catch(error => {
    throw explained(error, node.module, modules.hasChanged(node.module));
  });
  const made = await carried(reply, node, accept, files, firing);
  await cache.put(key, made);
  return { outputs: [answer(made)] };
}

async function sourcesOf(
  files: IInputs['files']
): Promise<Record<string, FileSource>> {
  const sources: Record<string, FileSource> = {};
  for (const [port, file] of Object.entries(files)) {
    sources[port] = await sourceOf(file);
  }
  return sources;
}

const answer = (carried: ICarried) => ({ port: 'answer', ...carried });

interface IInputs {
  args: Record<string, unknown>;
  files: Record<string, ITopologyFile>;
  /** Of the files' contents. */
  hashes: Record<string, string>;
}

async function inputsOf(
  node: ModuleNode,
  { inputs }: IFiring,
  { predict }: IKnownApi
): Promise<IInputs> {
  const { properties = {} } = predict as {
    properties?: Record<string, { type?: unknown }>;
  };
  const found: IInputs = { args: { ...node.arguments }, files: {}, hashes: {} };
  for (const [port, [token]] of inputs) {
    if (token.file) {
      delete found.args[port];
      found.files[port] = token.file;
      found.hashes[port] =
        `${await hashOf(token.file)} ${token.file.contentType}`;
    } else {
      found.args[port] = asType(token.value, properties[port]?.type);
    }
  }
  return found;
}

/** Columns of a table are text, also where they hold numbers. */
function asType(value: unknown, type: unknown): unknown {
  const isNumber = type === 'number' || type === 'integer';
  return isNumber &&
    typeof value === 'string' &&
    value.trim() !== '' &&
    Number.isFinite(Number(value))
    ? Number(value)
    : value;
}

function explained(
  error: unknown,
  module: string,
  hasChanged: boolean
): unknown {
  return error instanceof DeepError &&
    error.key === 'invalid-arguments' &&
    hasChanged
    ? new DeepError(
        error.key,
        `The API of ${module} has changed since the run began: ${error.detail}`,
        {
          hint: 'Check the topology against the module as it is now.',
          fields: error.fields,
          technical: error.technical,
          cause: error
        }
      )
    : error;
}

/** @throws DeepError where the module answers with something else than it promises. */
async function carried(
  reply: IPredictReply,
  { module }: ModuleNode,
  accept: string | undefined,
  folder: string,
  { origin }: IFiring
): Promise<ICarried> {
  const { contentType, value, body, filename } = reply;
  const isJson = /[/+]json$/.test(accept ?? 'application/json');
  const isAsPromised =
    isJson === (value !== undefined) &&
    (isJson || fits(contentType, accept ?? ''));
  if (!isAsPromised) {
    throw new DeepError(
      'module-failed',
      `${module} answered ${contentType}, where ${accept} was promised.`,
      {
        hint: "Choose another type of answer in its node, or tell the module's author.",
        technical: body.subarray(0, 500).toString('utf8')
      }
    );
  }
  if (value !== undefined) {
    return { value };
  }
  const ending = path.extname(filename ?? '') || endingOf(contentType);
  const name = `${path.parse(origin.name).name}${ending}`;
  return { file: await keepFile(folder, body, { name, contentType }) };
}

const fits = (contentType: string, accept: string): boolean =>
  accept === '*/*' ||
  portFit(
    { kind: 'file', mediaTypes: [contentType] },
    { kind: 'file', mediaTypes: [accept] }
  ) === undefined;

const endingOf = (contentType: string): string =>
  ENDINGS[contentType] ?? '.bin';

const ENDINGS: Record<string, string> = {
  'application/pdf': '.pdf',
  'application/zip': '.zip',
  'audio/mpeg': '.mp3',
  'audio/wav': '.wav',
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'image/tiff': '.tif',
  'image/webp': '.webp',
  'text/csv': '.csv',
  'text/plain': '.txt',
  'video/mp4': '.mp4'
};

const sortedEntries = (record: Record<string, unknown>): unknown[] =>
  Object.keys(record)
    .sort()
    .map(name => [name, record[name]]);
