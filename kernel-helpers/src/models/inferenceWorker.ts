/** Holds sessions of onnxruntime, whose `run` blocks its thread. */
import { workerData } from 'node:worker_threads';
import * as ort from 'onnxruntime-node';
import { Quickest } from './quickest';
import {
  createSession,
  type IOpenSession,
  type ISessionOptions,
  type ISessionState
} from './session';
import { gatherSlots, type ISlotMemory } from './slots';
import { serveCalls } from './workerSide';

export interface IInferenceData {
  session: ISessionOptions;
  memory: ISlotMemory;
  /** Threads of a session while others work beside it. */
  threads: number;
  /** Threads of a second session, for what comes alone; only one worker has it. */
  aloneThreads?: number;
}
/** The slots of one batch; without any the call only waits for the model. */
export interface IInferenceCall {
  slots: number[];
  /** Nothing else is under way. */
  isAlone: boolean;
}

const {
  session: options,
  memory,
  threads,
  aloneThreads
} = workerData as IInferenceData;

/** All threads first; the last one is for work beside others. */
const counts = [...new Set([aloneThreads ?? threads, threads])];
const opening = counts.map(openWarm);
/** Fails only when none is being opened any more: the worker must not end in the middle of it. */
const sessions = Promise.allSettled(opening).then(() => Promise.all(opening));
// Whoever calls gets the failure; without this it would end the process first.
sessions.catch(() => undefined);
const quickest = new Quickest(counts.length);

/** The first run plans the memory of all others. */
async function openWarm(count: number): Promise<IOpenSession> {
  const opened = await createSession(options, count);
  await infer(opened.session, [0]);
  return opened;
}

async function infer(
  session: ort.InferenceSession,
  slots: number[]
): Promise<Float32Array> {
  const shape = [slots.length, ...options.shape];
  const batch = gatherSlots(memory, slots);
  const tensor = new ort.Tensor('float32', batch, shape);
  const results = await session.run({ [options.input]: tensor }, [
    options.output
  ]);
  const output = results[options.output];
  // A copy: the result's memory belongs to onnxruntime.
  const values = Float32Array.from(output.data as Float32Array);
  output.dispose();
  return values;
}

async function inferAlone(slots: number[]): Promise<Float32Array> {
  const way = quickest.choose();
  const { session } = (await sessions)[way];
  const start = performance.now();
  const values = await infer(session, slots);
  quickest.record(way, performance.now() - start);
  return values;
}

serveCalls<IInferenceCall, Float32Array | ISessionState>(
  async ({ slots, isAlone }) => {
    const open = await sessions;
    if (slots.length === 0) {
      return { value: open[0].state };
    }
    const value = isAlone
      ? await inferAlone(slots)
      : await infer(open.at(-1)!.session, slots);
    return { value, transfer: [value.buffer as ArrayBuffer] };
  },
  async () => {
    for (const opened of await Promise.allSettled(opening)) {
      if (opened.status === 'fulfilled') {
        await opened.value.session.release();
      }
    }
  }
);
