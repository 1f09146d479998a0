import { DeepError, Run } from '@jupyterlab-deep/protocol';
import { topologies } from '../..';
import { service } from '../../connection';

const RUN: Run = {
  id: 'r1',
  kind: 'topology',
  title: 'Two',
  state: 'running',
  phase: 'At work',
  arguments: {},
  inputs: [],
  createdAt: '2026-01-01T00:00:00Z',
  topology: { nodes: {}, outputs: [] }
};
const ITEM = {
  id: 1,
  node: 'reply',
  origin: { name: 'a', index: 0 },
  parents: [],
  state: 'done',
  cached: false,
  value: 1
};

describe('Leaving a loop over a topology', () => {
  let asked: string[];
  let cancelling: Error | undefined;

  beforeEach(() => {
    asked = [];
    cancelling = undefined;
    jest
      .spyOn(service, 'json')
      .mockImplementation(async (path: string): Promise<never> => {
        asked.push(path);
        if (path.endsWith('/cancel') && cancelling) {
          throw cancelling;
        }
        return (path.endsWith('/items') ? { items: [ITEM] } : RUN) as never;
      });
  });
  afterEach(() => jest.restoreAllMocks());

  async function leave(): Promise<void> {
    for await (const { value } of topologies.build('Two').run()) {
      expect(value).toBe(1);
      break;
    }
  }

  it('cancels its run', async () => {
    await leave();
    expect(asked).toContain('/runs/r1/cancel');
  });

  it('is well where the run has ended meanwhile', async () => {
    cancelling = new DeepError('conflict', 'It has ended.');
    await leave();
    expect(asked).toContain('/runs/r1/cancel');
  });

  it('says why the run could not be cancelled', async () => {
    cancelling = new DeepError('service-unavailable', 'Nobody answers.');
    await expect(leave()).rejects.toThrow('Nobody answers.');
  });
});
