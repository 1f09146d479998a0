/** Holds one session of onnxruntime, whose `run` blocks its thread. */
import { workerData } from 'node:worker_threads';
import * as ort from 'onnxruntime-node';
import {
  createSession,
  type ISessionOptions,
  type ISessionState
} from './session';
import { serveCalls } from './workerSide';

/** Inputs of one batch, each float32 of `shape`; without inputs the call only waits for the model. */
export interface IBatch {
  inputs: Float32Array[];
}

const options = workerData as ISessionOptions;
const opening = createSession(options);
// Whoever calls gets the failure; without this line it would end the process first.
opening.catch(() => undefined);

function joined(inputs: Float32Array[]): Float32Array {
  if (inputs.length === 1) {
    return inputs[0];
  }
  const all = new Float32Array(inputs.length * inputs[0].length);
  inputs.forEach((input, index) => all.set(input, index * input.length));
  return all;
}

serveCalls<IBatch, Float32Array | ISessionState>(async ({ inputs }) => {
  const { session, state } = await opening;
  if (inputs.length === 0) {
    return { value: state };
  }
  const tensor = new ort.Tensor('float32', joined(inputs), [
    inputs.length,
    ...options.shape
  ]);
  const results = await session.run({ [options.input]: tensor }, [
    options.output
  ]);
  // A copy: the result's memory belongs to onnxruntime.
  const value = Float32Array.from(results[options.output].data as Float32Array);
  results[options.output].dispose();
  return { value, transfer: [value.buffer] };
});
