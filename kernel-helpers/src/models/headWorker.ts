/** Learns the last layer of a classifier: a softmax over a linear layer, epoch by epoch, by TensorFlow.js. */
import { DeepError } from '@jupyterlab-deep/protocol';
import type * as tfjs from '@tensorflow/tfjs';
import { workerData } from 'node:worker_threads';
import { openTfjsBackend, startCpu, type Tfjs } from './tfjsBackends';
import { Standardization } from './training/standardization';
import { seededRandom, shuffled } from './training/random';
import { serveCalls } from './workerSide';

/** What is learnt from. Features lie row by row, one row a picture. */
export interface IHeadData {
  features: SharedArrayBuffer;
  /** Numbers of one picture. */
  width: number;
  classes: number;
  /** Class of each picture. */
  labels: Int32Array;
  training: number[];
  validation: number[];
  batchSize: number;
  learningRate: number;
  /** Weight of each class in the loss. */
  classWeights: number[];
  seed: number;
  /** From which no code is loaded. */
  modelFolder: string;
}

/** How well it does after an epoch. */
export interface IEpoch {
  loss: number;
  accuracy: number;
  val_loss: number;
  val_accuracy: number;
}

/** The layer for features as they come: what was learnt of standardized ones is turned back. */
export interface ILearnt {
  /** [width, classes], row by row. */
  weights: Float32Array;
  bias: Float32Array;
  /** Of the pictures to check with, in their order: the class that is found. */
  found: Int32Array;
}

export type HeadCall = 'open' | 'epoch' | 'keep' | 'finish';
export type HeadAnswer =
  { backend: string; detail: string } | IEpoch | ILearnt | undefined;

const data = workerData as IHeadData;
const { width, classes, labels } = data;
/** Pictures whose scores are computed together. */
const CHECKED = 512;

const rows = new Float32Array(data.features);
const rowOf = (index: number): Float32Array =>
  rows.subarray(index * width, (index + 1) * width);

const standardization = Standardization.of(data.training.map(rowOf), width);
const random = seededRandom(data.seed);

function standardized(indices: readonly number[]): Float32Array {
  const out = new Float32Array(indices.length * width);
  indices.forEach((index, at) =>
    standardization.write(rowOf(index), out, at * width)
  );
  return out;
}

class Head {
  static async open(): Promise<Head> {
    const used = await openTfjsBackend(data.modelFolder);
    try {
      return new Head(used.tf, used.backend, used.detail).tried();
    } catch (error) {
      if (used.backend !== 'tfjs-wasm') {
        throw error;
      }
      const cpu = await startCpu(used.tf, [used.detail, String(error)]);
      return new Head(cpu.tf, cpu.backend, cpu.detail).tried();
    }
  }

  private constructor(
    private readonly _tf: Tfjs,
    readonly backend: string,
    readonly detail: string
  ) {
    this._weights = _tf.variable(_tf.zeros([width, classes]));
    this._bias = _tf.variable(_tf.zeros([classes]));
    this._optimizer = _tf.train.adam(data.learningRate);
    this._kept = this._copy();
  }

  /** One step of no weight: whether this backend can learn at all. */
  tried(): this {
    const [first] = data.training;
    this._tf.tidy(() => {
      const loss = (): tfjs.Scalar =>
        this._tf.mul(this._loss([first]), 0) as tfjs.Scalar;
      this._tf.train.sgd(0).minimize(loss, false, [this._weights, this._bias]);
    });
    return this;
  }

  /** One look at every picture to learn from, in another order each time. */
  async epoch(): Promise<IEpoch> {
    const order = shuffled(data.training, random);
    for (let start = 0; start < order.length; start += data.batchSize) {
      const batch = order.slice(start, start + data.batchSize);
      this._tf.tidy(
        () =>
          void this._optimizer.minimize(
            () => this._withDecay(this._loss(batch)),
            false,
            [this._weights, this._bias]
          )
      );
    }
    const learnt = this._check(data.training);
    const checked = this._check(data.validation);
    return {
      loss: learnt.loss,
      accuracy: learnt.accuracy,
      val_loss: checked.loss,
      val_accuracy: checked.accuracy
    };
  }

  /** The layer as it is now is the best so far. */
  keep(): void {
    this._kept = this._copy();
  }

  finish(): ILearnt {
    const [weights, bias] = this._kept;
    this._weights.assign(this._tf.tensor2d(weights, [width, classes]));
    this._bias.assign(this._tf.tensor(bias) as tfjs.Tensor1D);
    const { found } = this._check(data.validation);
    return { ...standardization.undone(weights, bias, classes), found };
  }

  private _copy(): [Float32Array, Float32Array] {
    return [this._weights, this._bias].map(variable =>
      Float32Array.from(variable.dataSync())
    ) as [Float32Array, Float32Array];
  }

  private _logits(indices: readonly number[]): tfjs.Tensor2D {
    const { _tf: tf } = this;
    const input = tf.tensor2d(standardized(indices), [indices.length, width]);
    return tf.add(tf.matMul(input, this._weights), this._bias);
  }

  private _loss(indices: readonly number[]): tfjs.Scalar {
    const { _tf: tf } = this;
    const wanted = new Float32Array(indices.length * classes);
    const weights = new Float32Array(indices.length);
    indices.forEach((index, at) => {
      wanted[at * classes + labels[index]] = 1;
      weights[at] = data.classWeights[labels[index]];
    });
    return tf.losses.softmaxCrossEntropy(
      tf.tensor2d(wanted, [indices.length, classes]),
      this._logits(indices),
      tf.tensor(weights)
    ) as tfjs.Scalar;
  }

  /** As scikit-learn's logistic regression with C = 1 does: half the squared weights over the number of pictures. */
  private _withDecay(loss: tfjs.Scalar): tfjs.Scalar {
    const { _tf: tf } = this;
    const factor = 0.5 / data.training.length;
    return tf.add(loss, tf.mul(tf.sum(tf.square(this._weights)), factor));
  }

  /** Mean cross-entropy, share that is right, and the classes found. */
  private _check(indices: readonly number[]) {
    const found = new Int32Array(indices.length);
    let loss = 0;
    let right = 0;
    for (let start = 0; start < indices.length; start += CHECKED) {
      const part = indices.slice(start, start + CHECKED);
      const logits = this._tf.tidy(() => this._logits(part).dataSync());
      part.forEach((index, at) => {
        const row = logits.subarray(at * classes, (at + 1) * classes);
        const best = row.indexOf(Math.max(...row));
        found[start + at] = best;
        right += Number(best === labels[index]);
        loss += logSumExp(row) - row[labels[index]];
      });
    }
    const count = indices.length;
    return { loss: loss / count, accuracy: right / count, found };
  }

  private readonly _weights: tfjs.Variable<tfjs.Rank.R2>;
  private readonly _bias: tfjs.Variable<tfjs.Rank.R1>;
  private readonly _optimizer: tfjs.Optimizer;
  private _kept: [Float32Array, Float32Array];
}

function logSumExp(values: ArrayLike<number>): number {
  let largest = -Infinity;
  for (let index = 0; index < values.length; index++) {
    largest = Math.max(largest, values[index]);
  }
  let sum = 0;
  for (let index = 0; index < values.length; index++) {
    sum += Math.exp(values[index] - largest);
  }
  return largest + Math.log(sum);
}

const opening = Head.open();
// Whoever calls gets the failure.
opening.catch(() => undefined);

serveCalls<HeadCall, HeadAnswer>(async call => {
  const head = await opening;
  switch (call) {
    case 'open':
      return { value: { backend: head.backend, detail: head.detail } };
    case 'epoch': {
      const value = await head.epoch();
      if (!Object.values(value).every(Number.isFinite)) {
        throw new DeepError(
          'module-failed',
          'The training diverged: the loss is no number any more.',
          { hint: 'Start again with a smaller learning rate.' }
        );
      }
      return { value };
    }
    case 'keep':
      head.keep();
      return { value: undefined };
    case 'finish':
      return { value: head.finish() };
  }
});
