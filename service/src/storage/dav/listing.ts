import { DeepError } from '@jupyterlab-deep/protocol';
import { beQuick } from '../../memory';
import type { Exchange, IAsk, Reply } from './exchange';
import { IDavResponse, MultistatusScanner } from './multistatus';
import { MultistatusError } from './multistatusError';

/** Of one answer: a folder with a million files has 500 MB. */
const MAX_BYTES = 1024 * 1024 * 1024;

/**
 * Ask for properties, and give the responses in pieces as they come.
 *
 * @throws DeepError `storage-refused` when the answer is no multistatus; `storage-unreachable` when it is cut.
 */
export async function* responses(
  exchange: Exchange,
  ask: IAsk
): AsyncGenerator<IDavResponse[], Reply> {
  const reply = await exchange.send(ask);
  const type = String(reply.headers['content-type'] ?? '');
  if (reply.statusCode !== 207 || /html/i.test(type)) {
    reply.body.destroy();
    throw strange(exchange.host, `${reply.statusCode} ${type}`);
  }
  const scanner = new MultistatusScanner();
  const decoder = new TextDecoder();
  let size = 0;
  try {
    for await (const chunk of reply.body) {
      beQuick();
      size += (chunk as Buffer).length;
      if (size > MAX_BYTES) {
        throw new MultistatusError('The answer has no end.');
      }
      const found = scanner.write(
        decoder.decode(chunk as Buffer, { stream: true })
      );
      if (found.length > 0) {
        yield found;
      }
    }
    scanner.end();
  } catch (error) {
    reply.body.destroy();
    throw failed(error, exchange.host, ask);
  }
  return reply;
}

function failed(error: unknown, host: string, ask: IAsk): unknown {
  ask.signal?.throwIfAborted();
  if (error instanceof MultistatusError) {
    return strange(host, error.message);
  }
  return error instanceof DeepError
    ? error
    : new DeepError(
        'storage-unreachable',
        `The answer of ${host} was cut: ${(error as Error).message}.`,
        { cause: error }
      );
}

const strange = (host: string, technical: string): DeepError =>
  new DeepError(
    'storage-refused',
    `${host} answered with something that is no listing of files.`,
    { hint: 'Look whether it needs a login or is being maintained.', technical }
  );
