import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Expressions } from '@jupyterlab-deep/kernel-helpers/expressions/expressions';
import {
  DeepError,
  emptyTopology,
  readTopology,
  TopologyDocument,
  TopologyNode
} from '@jupyterlab-deep/protocol';
import { buildWorkers } from '../../models/__tests__/modelsHere';
import { TopologyCache } from '../cache';
import { TopologyCalls } from '../calls';
import { ICarried } from '../token';

/** Doubles a number; a stand-in for what deployments give. */
const client = {
  predict: async ({ x }: { x: number }) => {
    if (x < 0) {
      throw new DeepError('invalid-arguments', 'x: at least 0.');
    }
    return {
      contentType: 'application/json',
      value: { twice: x * 2 },
      body: Buffer.from('')
    };
  }
};
const about = {
  predict: { type: 'object', properties: { x: { type: 'number' } } },
  accepts: ['application/json'],
  metadata: {}
};

describe('a topology that is called item by item', () => {
  let folder: string;
  let expressions: Expressions;
  let cache: TopologyCache;
  let calls: TopologyCalls;

  beforeAll(() => {
    buildWorkers();
    expressions = new Expressions();
  });
  afterAll(() => expressions.close());
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'tc-'));
    cache = new TopologyCache(path.join(folder, 'cache'));
  });
  afterEach(() => {
    calls.close();
    cache.close();
    rmSync(folder, { recursive: true });
  });

  function made(
    nodes: Record<string, TopologyNode>,
    ...edges: string[]
  ): TopologyDocument {
    const { version: _version, ...byHand } = emptyTopology();
    const request: TopologyNode = {
      kind: 'request',
      inputs: {
        x: { type: { kind: 'json' }, required: true },
        add: { type: { kind: 'json' }, default: 100 }
      }
    };
    const reply: TopologyNode = { kind: 'reply' };
    return readTopology({
      ...byHand,
      nodes: { request, reply, ...nodes },
      edges
    });
  }

  function open(document: TopologyDocument): TopologyCalls {
    const parts = {
      catalogue: { get: async () => Promise.reject(new Error('none')) },
      deployments: {
        list: async () => [],
        use: async () => ({ deployment: 'd', endpoint: '', client, about })
      },
      agreed: { of: async () => undefined },
      ...{ document, expressions, cache, folder, consents: {} },
      timeoutMs: 1000
    };
    calls = new TopologyCalls(parts as unknown as TopologyCalls.IParts);
    return calls;
  }

  const call = async (inputs: Record<string, ICarried>): Promise<unknown[]> =>
    (await calls.call(inputs, new AbortController().signal)).replies.map(
      ({ value }) => value
    );

  const twice: TopologyNode = {
    kind: 'module',
    module: 'm/twice',
    arguments: {}
  };

  it('gives what came to its reply, with defaults and earlier steps', async () => {
    open(
      made(
        {
          twice,
          sum: {
            kind: 'transform',
            expression: '$.twice + $steps.request.add'
          }
        },
        'request.x -> twice.x',
        'twice.answer -> sum.value',
        'sum.value -> reply.in'
      )
    );
    expect(await call({ x: { value: 3 } })).toEqual([106]);
    expect(await call({ x: { value: 3 }, add: { value: 1 } })).toEqual([7]);
  });

  it('says why nothing came', async () => {
    open(made({ twice }, 'request.x -> twice.x', 'twice.answer -> reply.in'));
    await expect(call({ x: { value: -1 } })).rejects.toMatchObject({
      key: 'invalid-arguments',
      detail: 'x: at least 0.'
    });
    await expect(call({})).rejects.toMatchObject({
      fields: { x: ['It needs “x”.'] }
    });
  });

  it('waits for both arms of a branch, and for merges by key', async () => {
    open(
      made(
        {
          big: { kind: 'branch', condition: '$ > 10' },
          large: { kind: 'transform', expression: '"large"' },
          small: { kind: 'transform', expression: '"small"' },
          both: { kind: 'merge', manner: 'key' },
          by: { kind: 'merge', manner: 'list', by: '"all"' }
        },
        'request.x -> big.in',
        'big.yes -> large.value',
        'big.no -> small.value',
        'large.value -> both.in',
        'small.value -> both.in',
        'both.value -> by.in',
        'request.add -> by.in',
        'by.value -> reply.in'
      )
    );
    expect(await call({ x: { value: 11 } })).toEqual([
      [{ large: 'large' }, 100]
    ]);
    expect(await call({ x: { value: 1 } })).toEqual([
      [{ small: 'small' }, 100]
    ]);
  });
});
