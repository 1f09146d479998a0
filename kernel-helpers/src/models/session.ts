import { DeepError } from '@jupyterlab-deep/protocol';
import { isDistribution } from './distribution';
import {
  type INetwork,
  type INetworkOptions,
  modelFileName,
  openNetwork
} from './network';
import { gatherSlots, type ISlotMemory } from './slots';

export interface ISessionOptions {
  network: INetworkOptions;
  input: string;
  output: string;
  /** Shape of one prepared input, without the batch: channels, height, width. */
  shape: number[];
  /** Whether the network wants height, width, channels, as TensorFlow's do. */
  channelsLast: boolean;
  /** Numbers in one output. */
  outputLength: number;
}

/** What computes, and why. */
export interface ISessionState {
  backend: string;
  detail: string;
  /** Most inputs that the model takes at once. */
  maxBatch: number;
  /** Its numbers are probabilities already. */
  givesProbabilities: boolean;
}

const invalid = (detail: string, cause?: unknown): DeepError =>
  new DeepError('model-invalid', detail, {
    technical: cause instanceof Error ? cause.message : undefined,
    cause
  });

/** A model that has been loaded and has run once. */
export class Session {
  /** @throws DeepError `model-invalid` when it cannot be loaded, or does not take and give what its folder says. */
  static async open(
    options: ISessionOptions,
    memory: ISlotMemory,
    threads: number
  ): Promise<Session> {
    const network = await openNetwork(options.network, threads);
    const opened = new Session(options, memory, network);
    await opened._warm();
    return opened;
  }

  private constructor(
    private readonly _options: ISessionOptions,
    private readonly _memory: ISlotMemory,
    private readonly _network: INetwork
  ) {}

  get state(): ISessionState {
    const { backend, detail } = this._network;
    const batch = this._network.shapeOf(this._options.input)?.[0];
    const givesProbabilities = this._givesProbabilities;
    return { backend, detail, maxBatch: batch ?? Infinity, givesProbabilities };
  }

  /** The outputs for the inputs in these slots, one behind the other. */
  async run(slots: number[]): Promise<Float32Array> {
    const { input, output, shape, channelsLast } = this._options;
    const [channels, height, width] = shape;
    const prepared = gatherSlots(this._memory, slots);
    const feed = channelsLast
      ? {
          data: withChannelsLast(prepared, channels, height * width),
          dims: [slots.length, height, width, channels]
        }
      : { data: prepared, dims: [slots.length, ...shape] };
    const [result] = await this._network.run({ [input]: feed }, [output]);
    return result.data;
  }

  release(): Promise<void> {
    return this._network.release();
  }

  /** The first run plans the memory of all others, and shows whether the model fits its description. */
  private async _warm(): Promise<void> {
    const { shape, outputLength, network } = this._options;
    const file = modelFileName(network);
    const values = await this.run([0]).catch(error => {
      throw invalid(
        `${file} does not run on one input of ${shape.join(' × ')}, as preprocessor_config.json says.`,
        error
      );
    });
    if (values.length !== outputLength) {
      throw invalid(
        `${file} gives ${values.length} numbers; config.json names ${outputLength} classes.`
      );
    }
    this._givesProbabilities = isDistribution(values);
  }

  private _givesProbabilities = false;
}

/** Pictures of planes as pictures of pixels. */
function withChannelsLast(
  planes: Float32Array,
  channels: number,
  pixels: number
): Float32Array {
  const out = new Float32Array(planes.length);
  for (let start = 0; start < planes.length; start += channels * pixels) {
    for (let channel = 0; channel < channels; channel++) {
      const plane = start + channel * pixels;
      for (let pixel = 0; pixel < pixels; pixel++) {
        out[start + pixel * channels + channel] = planes[plane + pixel];
      }
    }
  }
  return out;
}
