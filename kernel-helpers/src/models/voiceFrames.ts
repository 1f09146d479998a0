import { type INetwork } from './network';
import { SoundResampler } from './soundResampler';
import { checkStopped, type StopFlag } from './stoppable';
import { bytesPerFrame, InputReader, readWavFormat, toMono } from './wav';
import { type FileInput } from './inputFile';

/** How a network looks at sound: in frames, each with the end of the one before. */
export interface IVoiceFraming {
  samplingRateHz: number;
  frameLength: number;
  contextLength: number;
  hiddenSize: number;
}

/** What comes out of a sound: the probability of speech in each frame. */
export interface IVoiceFrames {
  probabilities: Float32Array;
  durationS: number;
  samplingRateHz: number;
}

/** Frames in one run of the network: eight seconds. */
const FRAMES_AT_ONCE = 256;
/** Of the file: read, brought to the network's rate and forgotten piece by piece, so that memory does not grow with length. */
const PIECE_S = 2;

export const VOICE_INPUTS = ['input', 'h', 'c'];
export const VOICE_OUTPUTS = ['speech_probs', 'hn', 'cn'];

/** Frames one behind the other through the network, which remembers in between. */
class FrameRunner {
  constructor(
    private readonly _network: INetwork,
    private readonly _framing: IVoiceFraming
  ) {
    const { contextLength, frameLength, hiddenSize } = _framing;
    const row = contextLength + frameLength;
    this._rows = new Float32Array(FRAMES_AT_ONCE * row);
    this._frame = new Float32Array(row);
    this._fill = contextLength;
    this._h = this._c = new Float32Array(hiddenSize);
  }

  async push(samples: Float32Array): Promise<void> {
    for (let at = 0; at < samples.length;) {
      const count = Math.min(
        this._frame.length - this._fill,
        samples.length - at
      );
      this._frame.set(samples.subarray(at, at + count), this._fill);
      this._fill += count;
      at += count;
      if (this._fill === this._frame.length) {
        await this._take();
      }
    }
  }

  /** The last frame is filled up with silence. */
  async end(): Promise<Float32Array> {
    if (this._fill > this._framing.contextLength) {
      this._frame.fill(0, this._fill);
      await this._take();
    }
    await this._run();
    const total = this._parts.reduce((sum, { length }) => sum + length, 0);
    const joined = new Float32Array(total);
    this._parts.reduce((at, part) => {
      joined.set(part, at);
      return at + part.length;
    }, 0);
    return joined;
  }

  private async _take(): Promise<void> {
    this._rows.set(this._frame, this._count * this._frame.length);
    this._count += 1;
    const { contextLength } = this._framing;
    this._frame.copyWithin(0, this._frame.length - contextLength);
    this._fill = contextLength;
    if (this._count === FRAMES_AT_ONCE) {
      await this._run();
    }
  }

  private async _run(): Promise<void> {
    if (this._count === 0) {
      return;
    }
    const width = this._frame.length;
    const data = this._rows.subarray(0, this._count * width);
    const state = [1, 1, this._framing.hiddenSize];
    const [found, h, c] = await this._network.run(
      {
        input: { data, dims: [this._count, width] },
        h: { data: this._h, dims: state },
        c: { data: this._c, dims: state }
      },
      VOICE_OUTPUTS
    );
    this._parts.push(found.data);
    [this._h, this._c] = [h.data, c.data];
    this._count = 0;
  }

  private readonly _rows: Float32Array;
  /** The frame that is being filled, its context first. */
  private readonly _frame: Float32Array;
  private _fill: number;
  private _count = 0;
  private _h: Float32Array;
  private _c: Float32Array;
  private readonly _parts: Float32Array[] = [];
}

/**
 * The probability of speech in each frame of a WAV file.
 * @throws DeepError `invalid-arguments` for what is no sound, `not-found`, `too-large`, `cancelled`
 */
export async function voiceFrames(
  network: INetwork,
  framing: IVoiceFraming,
  sound: FileInput,
  maxBytes: number,
  stop: StopFlag
): Promise<IVoiceFrames> {
  const reader = new InputReader(sound, maxBytes);
  try {
    const format = readWavFormat(reader);
    const { samplingRateHz, dataStart, dataBytes } = format;
    const resampler = new SoundResampler(
      samplingRateHz,
      framing.samplingRateHz
    );
    const runner = new FrameRunner(network, framing);
    const frameBytes = bytesPerFrame(format);
    const pieceBytes = PIECE_S * samplingRateHz * frameBytes;
    for (let at = 0; at < dataBytes; at += pieceBytes) {
      checkStopped(stop);
      const length = Math.min(pieceBytes, dataBytes - at);
      const mono = toMono(reader.read(dataStart + at, length), format);
      await runner.push(resampler.push(mono));
    }
    await runner.push(resampler.end());
    const durationS = dataBytes / frameBytes / samplingRateHz;
    return { probabilities: await runner.end(), durationS, samplingRateHz };
  } finally {
    reader.close();
  }
}
