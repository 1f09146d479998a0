import {
  access,
  mkdtemp,
  readFile,
  realpath,
  rm,
  writeFile
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { service } from '@jupyterlab-deep/kernel-helpers/connection';
import {
  type ArgumentValues,
  type IArgument,
  type IModel
} from '@jupyterlab-deep/kernel-helpers/models';
import {
  ModelManifest,
  parseModelFile
} from '@jupyterlab-deep/kernel-helpers/models/manifest';
import {
  DeepError,
  readTopology,
  SERVED_TOPOLOGY,
  type TopologyCallReply,
  type TopologyCallRequest,
  type TopologyDocument,
  type TopologyNode
} from '@jupyterlab-deep/protocol';

type Inputs = Extract<TopologyNode, { kind: 'request' }>['inputs'];

export const isTopology = (folder: string): Promise<boolean> =>
  access(path.join(folder, SERVED_TOPOLOGY)).then(
    () => true,
    () => false
  );

/**
 * A topology as a model: its inputs are the arguments, what comes to its reply is the answer. The service, which has the
 * modules, carries each call out.
 *
 * @throws DeepError `model-invalid`, `topology-invalid`, `topology-newer`
 */
export async function loadTopology(folder: string): Promise<IModel> {
  const root = await realpath(folder);
  const file = path.join(root, SERVED_TOPOLOGY);
  const manifest = parseModelFile(
    ModelManifest,
    await readFile(path.join(root, 'module.json'), 'utf8'),
    'module.json'
  );
  const text = await readFile(file, 'utf8');
  const document = readTopology(text);
  const inputs = inputsOf(document);
  const declared = Object.entries(inputs).map(argumentOf);
  const { name, title = name, version = '', license = '' } = manifest;
  return {
    folder: root,
    manifest,
    backend: 'topology',
    detail: 'Its modules are asked by the DEEP service of this user.',
    describe: () => ({
      ...{ name, title, version, license },
      task: 'topology',
      arguments: declared,
      output: 'what its modules make of it',
      sizeBytes: text.length
    }),
    predict: (given, { signal } = {}) => call(file, inputs, given, signal),
    release: async () => undefined
  };
}

function inputsOf({ nodes }: TopologyDocument): Inputs {
  const requests = Object.values(nodes).filter(
    ({ kind }) => kind === 'request'
  );
  const [request] = requests;
  if (requests.length !== 1 || request.kind !== 'request') {
    throw new DeepError(
      'topology-invalid',
      'A topology that is served begins with exactly one request.'
    );
  }
  return request.inputs;
}

const PLAIN = ['boolean', 'integer', 'number', 'string'] as const;

/** What is neither plain nor a file is given as text of JSON. */
function argumentOf([name, about]: [string, Inputs[string]]): IArgument {
  const { type, required = false, default: usual, description = name } = about;
  const plain = PLAIN.find(each => each === schemaTypeOf(about));
  const isJson = type.kind !== 'file' && plain === undefined;
  return {
    name,
    type: type.kind === 'file' ? 'file' : (plain ?? 'string'),
    required,
    description: isJson ? `${description} (JSON)` : description,
    ...(usual !== undefined && {
      default: isJson
        ? JSON.stringify(usual)
        : (usual as boolean | number | string)
    })
  };
}

const schemaTypeOf = ({ type }: Inputs[string]): unknown =>
  type.kind === 'json' ? (type.schema as { type?: unknown })?.type : undefined;

async function call(
  file: string,
  inputs: Inputs,
  given: ArgumentValues,
  signal: AbortSignal | undefined
): Promise<unknown> {
  const values: Record<string, unknown> = {};
  const files: Record<string, string> = {};
  // Small uploads are in memory; the service reads files.
  const folder = await mkdtemp(path.join(tmpdir(), 'deep-topology-'));
  try {
    for (const [name, value] of Object.entries(given)) {
      const about = inputs[name];
      if (value instanceof Uint8Array) {
        files[name] = path.join(folder, name);
        await writeFile(files[name], value);
      } else if (about.type.kind === 'file') {
        files[name] = String(value);
      } else {
        const isPlain = PLAIN.some(each => each === schemaTypeOf(about));
        values[name] = isPlain ? value : parsed(name, value);
      }
    }
    return await answered({ path: file, values, files }, signal);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What came to the reply: one thing as it is, several as a list. */
async function answered(
  body: TopologyCallRequest,
  signal: AbortSignal | undefined
): Promise<unknown> {
  const { replies, failures } = await service.json<TopologyCallReply>(
    '/topologies/calls',
    { method: 'POST', body, signal }
  );
  failures.forEach(({ node, says }) => console.error(`${node}: ${says}`));
  const answers = replies.map(reply =>
    'file' in reply ? reply.file : reply.value
  );
  return answers.length === 1 ? answers[0] : answers;
}

function parsed(name: string, value: unknown): unknown {
  try {
    return JSON.parse(String(value));
  } catch (error) {
    const says = `Not valid JSON: ${(error as Error).message}.`;
    throw new DeepError('invalid-arguments', `${name}: ${says}`, {
      fields: { [name]: [says] }
    });
  }
}
