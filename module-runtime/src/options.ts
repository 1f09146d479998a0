import { DeepError } from '@jupyterlab-deep/protocol';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

/** What the command line asks for. */
export interface IOptions {
  model: string;
  name?: string;
  listen: { socket: string } | { port: number; host: string };
  /** Load the model, say how that went, and end. */
  isCheck: boolean;
  threads?: number;
  workers?: number;
  /** 0: never ends by itself. */
  idleMinutes: number;
  maxUploadBytes: number;
  /** Where trainings put new models; without it nothing can be trained. */
  modelsFolder?: string;
  /** For the features of pictures that were seen before; a temporary folder by default. */
  cacheFolder: string;
}

export const USAGE =
  'Usage: module-runtime --model DIR [--name NAME] (--socket PATH | --port N [--host 127.0.0.1] | --check) ' +
  '[--threads N] [--workers N] [--idle-minutes N] [--max-upload-mb 200] [--models-folder DIR [--cache-folder DIR]]';

const FLAGS = {
  model: { type: 'string' },
  name: { type: 'string' },
  check: { type: 'boolean', default: false },
  socket: { type: 'string' },
  port: { type: 'string' },
  host: { type: 'string', default: '127.0.0.1' },
  threads: { type: 'string' },
  workers: { type: 'string' },
  'idle-minutes': { type: 'string', default: '0' },
  'max-upload-mb': { type: 'string', default: '200' },
  'models-folder': { type: 'string' },
  'cache-folder': { type: 'string' }
} as const;

/** The longest path of a unix socket is 107 bytes on Linux and 103 on macOS. */
const MAX_SOCKET_PATH_BYTES = 103;

const wrong = (detail: string): DeepError =>
  new DeepError('invalid-request', detail, { hint: USAGE });

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: FLAGS }).values;
  } catch (error) {
    throw wrong((error as Error).message);
  }
}

function number(flag: string, text: string, minimum: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < minimum) {
    throw wrong(`--${flag} must be a number of at least ${minimum}.`);
  }
  return value;
}

const count = (flag: string, text?: string): number | undefined =>
  text === undefined ? undefined : Math.floor(number(flag, text, 1));

function listenOf(values: ReturnType<typeof parse>): IOptions['listen'] {
  const { socket, port, host, check } = values;
  if (check) {
    // Nothing listens.
    return { port: 0, host };
  }
  if ((socket === undefined) === (port === undefined)) {
    throw wrong('Say where to listen: either --socket or --port.');
  }
  if (socket === undefined) {
    return { port: number('port', port!, 0), host };
  }
  if (Buffer.byteLength(socket) > MAX_SOCKET_PATH_BYTES) {
    throw wrong(
      `The path of the socket is longer than ${MAX_SOCKET_PATH_BYTES} bytes, the most a system allows.`
    );
  }
  return { socket };
}

/** @throws DeepError `invalid-request` with the usage as its hint. */
export function readOptions(args: string[]): IOptions {
  const values = parse(args);
  if (!values.model) {
    throw wrong('--model is missing.');
  }
  const megabytes = number('max-upload-mb', values['max-upload-mb'], 0.001);
  return {
    model: values.model,
    name: values.name,
    listen: listenOf(values),
    isCheck: values.check,
    threads: count('threads', values.threads),
    workers: count('workers', values.workers),
    idleMinutes: number('idle-minutes', values['idle-minutes'], 0),
    maxUploadBytes: Math.floor(megabytes * 1024 ** 2),
    modelsFolder: values['models-folder'],
    cacheFolder:
      values['cache-folder'] ??
      path.join(tmpdir(), `deep-features-${process.getuid?.() ?? 'user'}`)
  };
}
