import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { FileSource, ModuleClient, retryAfterMs } from '..';
import { StandIn } from './standIn';

const MIB = 1024 * 1024;

describe('faults of a module', () => {
  let module: StandIn;
  let client: ModuleClient;
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'deep-'));
    module = await StandIn.start();
    client = new ModuleClient({
      endpoint: module.endpoint,
      maxReplyBytes: MIB
    });
    await client.describe();
  });

  afterEach(async () => {
    await client.close();
    await module.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** A file without content that takes no place on the disk. */
  const fileOf = async (sizeBytes: number): Promise<string> => {
    const file = path.join(folder, 'sparse.bin');
    await writeFile(file, '');
    await truncate(file, sizeBytes);
    return file;
  };

  const failure = async (
    files: Parameters<ModuleClient['predict']>[1] = {}
  ): Promise<unknown> => client.predict({}, files).catch(error => error);

  it('ends an answer that never ends, and the connection with it', async () => {
    let closed: Promise<unknown> | undefined;
    module.onPredict = (_, response) => {
      closed = once(response, 'close');
      writeOn(response);
    };
    await expect(client.predict({}, {})).rejects.toMatchObject({
      key: 'too-large',
      detail: expect.stringContaining('more than 1 MiB')
    });
    await closed;
  });

  it.each([
    ['7', 7_000],
    [undefined, 1_000],
    ['soon', 1_000],
    [new Date(0).toUTCString(), 0]
  ])(
    'says how long a busy module wants to be left alone: %j',
    async (header, waitMs) => {
      module.onPredict = (_, response) =>
        response
          .writeHead(429, header === undefined ? {} : { 'retry-after': header })
          .end();
      const error = await failure();
      expect(error).toMatchObject({
        key: 'module-unreachable',
        detail: expect.stringContaining('too much to do')
      });
      expect(retryAfterMs(error)).toBe(waitMs);
    }
  );

  it('keeps the wait of a busy runtime of ours, and gives other failures none', async () => {
    const problem = {
      type: 'urn:jupyterlab-deep:module-unreachable',
      detail: 'The queue is full.'
    };
    module.onPredict = (_, response) =>
      response
        .writeHead(503, { 'retry-after': '2' })
        .end(JSON.stringify(problem));
    const busy = await failure();
    expect(busy).toMatchObject({ detail: problem.detail });
    expect(retryAfterMs(busy)).toBe(2_000);
    module.onPredict = (_, response) => response.writeHead(500).end();
    expect(retryAfterMs(await failure())).toBeUndefined();
  });

  it('fails the requests alone that the module fails', async () => {
    let count = 0;
    module.onPredict = (_, response) =>
      response.writeHead(++count % 3 ? 200 : 500).end('{}');
    const calls = [1, 2, 3, 4, 5, 6].map(() => client.predict({}, {}));
    const ends = await Promise.allSettled(calls);
    const failed = ends.filter(({ status }) => status === 'rejected');
    expect(failed).toHaveLength(2);
  });

  it('streams 2 GB within little memory', async () => {
    const sizeBytes = 2 ** 31 + 5;
    let receivedBytes = 0;
    let peakBytes = 0;
    module.onHead = async (request, response) => {
      request.on('data', piece => {
        receivedBytes += piece.length;
        peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
      });
      request.on('end', () => response.end('{}'));
      return false;
    };
    const file = await fileOf(sizeBytes);
    const before = process.memoryUsage.rss();
    await client.predict({}, { image: { path: file } });
    expect(receivedBytes).toBeGreaterThan(sizeBytes);
    expect(peakBytes - before).toBeLessThan(256 * MIB);
  });

  it('reads the refusal of a module that does not read the files', async () => {
    module.onHead = async (_, response) => {
      response.writeHead(413).end('too much');
      return false;
    };
    const file = await fileOf(64 * MIB);
    await expect(
      client.predict({}, { image: { path: file } })
    ).rejects.toMatchObject({ key: 'too-large', technical: 'too much' });
    module.onHead = async request => {
      request.socket.destroy();
      return false;
    };
    await expect(
      client.predict({}, { image: { path: file } })
    ).rejects.toMatchObject({
      key: 'module-unreachable',
      detail: expect.stringContaining('closed the connection')
    });
  });

  it('says that a file changed while it was sent', async () => {
    const file = await fileOf(64 * MIB);
    module.onHead = () => truncate(file, MIB).then(() => true);
    await expect(
      client.predict({}, { image: { path: file } })
    ).rejects.toMatchObject({
      key: 'invalid-arguments',
      fields: { image: [expect.stringContaining('changed its size')] }
    });
  });

  it('is cancelled before it connects', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const answer = client.predict({}, {}, { signal });
    controller.abort();
    await expect(answer).rejects.toMatchObject({ key: 'cancelled' });
    await expect(client.describe({ signal })).rejects.toMatchObject({
      key: 'cancelled'
    });
    expect(module.received).toEqual([]);
  });

  it.each(['uploading', 'waiting', 'reading'])(
    'is cancelled while %s, and the connection with it',
    async stage => {
      const controller = new AbortController();
      const { signal } = controller;
      let closed: Promise<unknown> | undefined;
      module.onHead = async (_, response) => {
        closed = once(response, 'close');
        if (stage === 'uploading') {
          controller.abort();
        }
        return stage !== 'uploading';
      };
      module.onPredict = (_, response) => {
        if (stage === 'reading') {
          response.writeHead(200).write('{');
        }
        setImmediate(() => controller.abort());
      };
      const large = { path: await fileOf(64 * MIB) };
      const files: Record<string, FileSource> =
        stage === 'uploading' ? { image: large } : {};
      await expect(client.predict({}, files, { signal })).rejects.toMatchObject(
        { key: 'cancelled' }
      );
      await closed;
    }
  );

  it('holds no listener of a signal after the call', async () => {
    const { signal } = new AbortController();
    const add = jest.spyOn(signal, 'addEventListener');
    const remove = jest.spyOn(signal, 'removeEventListener');
    await client.predict({}, {}, { signal });
    expect(add).toHaveBeenCalledTimes(1);
    expect(remove).toHaveBeenCalledTimes(1);
  });
});

function writeOn(response: ServerResponse): void {
  while (!response.destroyed && response.write(Buffer.alloc(65_536))) {
    // Until the connection takes no more.
  }
  response.once('drain', () => writeOn(response));
}
