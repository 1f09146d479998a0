/** Holds networks, which block their thread while they run. */
import { workerData } from 'node:worker_threads';
import { type IPrepareData, SlotPreparer } from './prepareSlots';
import { Quickest } from './quickest';
import { type ISessionOptions, type ISessionState, Session } from './session';
import { serveCalls } from './workerSide';

export interface IInferenceData extends IPrepareData {
  session: ISessionOptions;
  /** Threads of a session while others work beside it. */
  threads: number;
  /** Threads for what comes alone; only one worker has them. */
  aloneThreads?: number;
}

/** The slots of one batch; without any the call only waits for the model. */
export interface IInferenceCall {
  slots: number[];
  /** A picture that comes alone is prepared here too: nothing else waits for this worker, and handing over costs time. */
  alone?: string | Uint8Array;
}

const data = workerData as IInferenceData;
const { session: options, memory, threads, aloneThreads } = data;

/** All threads first; the last one is for work beside others. TensorFlow.js does not take a number of threads. */
const counts =
  options.network.format === 'tfjs'
    ? [1]
    : [...new Set([aloneThreads ?? threads, threads])];
const opening = counts.map(count => Session.open(options, memory, count));
/** Fails only when none is being opened any more: the worker must not end in the middle of it. */
const sessions = Promise.allSettled(opening).then(() => Promise.all(opening));
// Whoever calls gets the failure; without this it would end the process first.
sessions.catch(() => undefined);

const quickest = new Quickest(counts.length);
const preparer =
  aloneThreads === undefined ? undefined : new SlotPreparer(data);

async function runAlone(
  open: Session[],
  picture: string | Uint8Array,
  slot: number
): Promise<Float32Array> {
  await preparer!.prepare({ picture, slot });
  const way = quickest.choose();
  const start = performance.now();
  const values = await open[way].run([slot]);
  quickest.record(way, performance.now() - start);
  return values;
}

serveCalls<IInferenceCall, Float32Array | ISessionState>(
  async ({ slots, alone }) => {
    const open = await sessions;
    if (slots.length === 0) {
      return { value: open[0].state };
    }
    const value =
      alone === undefined
        ? await open.at(-1)!.run(slots)
        : await runAlone(open, alone, slots[0]);
    return { value, transfer: [value.buffer as ArrayBuffer] };
  },
  async () => {
    for (const opened of await Promise.allSettled(opening)) {
      if (opened.status === 'fulfilled') {
        await opened.value.release();
      }
    }
  }
);
