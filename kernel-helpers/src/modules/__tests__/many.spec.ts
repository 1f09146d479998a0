import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import * as path from 'node:path';
import { DeepError } from '@jupyterlab-deep/protocol';
import { modules } from '..';
import type { Module } from '..';

const SWAGGER = {
  swagger: '2.0',
  paths: {
    '/v2/models/many/predict/': {
      post: {
        produces: ['application/json'],
        parameters: [
          { in: 'formData', name: 'image', type: 'file', required: true },
          { in: 'query', name: 'top_k', type: 'integer' }
        ]
      }
    }
  }
};
const LIST = {
  models: [{ id: '0', links: [{ rel: 'self', href: '/v2/models/many' }] }]
};

describe('predicting many files from a cell', () => {
  let folder: string;
  let server: Server;
  let module: Module;
  let underWay: number;
  let most: number;
  let busy: number;

  beforeEach(async () => {
    folder = mkdtempSync('/tmp/pm-');
    for (let index = 0; index < 40; index++) {
      writeFileSync(path.join(folder, `${index}.jpg`), `picture ${index}`);
    }
    underWay = most = busy = 0;
    server = createServer((request, response) => {
      response.setHeader('content-type', 'application/json');
      if (request.method === 'GET') {
        const isSwagger = request.url === '/swagger.json';
        response.end(JSON.stringify(isSwagger ? SWAGGER : LIST));
        return;
      }
      underWay += 1;
      most = Math.max(most, underWay);
      request.toArray().then(
        (pieces: Buffer[]) => {
          const body = Buffer.concat(pieces).toString();
          const number = Number(/picture (\d+)/.exec(body)?.[1]);
          setTimeout(() => {
            underWay -= 1;
            if (busy > 0) {
              busy -= 1;
              response.statusCode = 429;
            } else if (number === 3) {
              response.statusCode = 500;
            }
            const predictions = { labels: [`n${number}`], probabilities: [1] };
            response.end(JSON.stringify({ status: 'OK', predictions }));
          }, 5);
        },
        () => undefined
      );
    });
    await new Promise<void>(resolve =>
      server.listen(0, '127.0.0.1', () => resolve())
    );
    const { port } = server.address() as AddressInfo;
    module = await modules.open(`http://127.0.0.1:${port}`);
  });

  afterEach(async () => {
    await module.close();
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
    rmSync(folder, { recursive: true });
  });

  it('answers each file once, with what failed among them, and says how far it is', async () => {
    const labels: string[] = [];
    const failed: string[] = [];
    const told: number[] = [];
    for await (const { path: file, prediction, error } of module.predictMany(
      { image: `${folder}/*.jpg`, top_k: 1 },
      { concurrency: 4, onProgress: ({ done }) => told.push(done) }
    )) {
      if (error) {
        failed.push(path.basename(file));
      } else {
        labels.push(`${prediction.top?.label}.jpg`);
        expect(`n${path.basename(file)}`).toBe(labels.at(-1));
      }
    }
    expect(failed).toEqual(['3.jpg']);
    expect(new Set(labels).size).toBe(39);
    expect(told.at(-1)).toBe(40);
    expect(most).toBe(4);
  });

  it('begins no more than the loop takes', async () => {
    const answers = module.predictMany({ image: folder }, { concurrency: 2 });
    await answers.next();
    await new Promise(resolve => setTimeout(resolve, 100));
    expect(most).toBeLessThanOrEqual(2);
    const before = underWay;
    await answers.return(undefined);
    expect(before).toBeLessThanOrEqual(2);
  });

  it('waits for a busy module', async () => {
    busy = 3;
    const files = [0, 1, 2].map(index => path.join(folder, `${index}.jpg`));
    const found: unknown[] = [];
    for await (const { error } of module.predictMany({ image: files })) {
      found.push(error);
    }
    expect(found).toEqual([undefined, undefined, undefined]);
  });

  it('says what it needs when no argument names many files', async () => {
    const one = { image: path.join(folder, '1.jpg') };
    const first = module.predictMany(one).next();
    await expect(first).rejects.toMatchObject({ key: 'invalid-arguments' });
    await expect(module.submit({ image: folder })).rejects.toBeInstanceOf(
      DeepError
    );
  });

  it('stops with its signal', async () => {
    const stop = new AbortController();
    const read = async (): Promise<void> => {
      for await (const { path: file } of module.predictMany(
        { image: folder },
        { signal: stop.signal }
      )) {
        expect(file).toContain(folder);
        stop.abort();
      }
    };
    await expect(read()).rejects.toMatchObject({ key: 'cancelled' });
  });
});
