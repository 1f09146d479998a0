/** Sounds of a test's own, written as WAV files of many kinds. */
export interface IWavOptions {
  rateHz?: number;
  channels?: number;
  bits?: 8 | 16 | 24 | 32 | 64;
  isFloat?: boolean;
  extensible?: boolean;
  /** Bytes that the header says, in place of the truth. */
  declaredBytes?: number;
  /** A chunk of another kind before the samples. */
  before?: Buffer;
}

function formatChunk(options: Required<IWavOptions>): Buffer {
  const { rateHz, channels, bits, isFloat, extensible } = options;
  const chunk = Buffer.alloc(extensible ? 48 : 24);
  const frame = (channels * bits) / 8;
  const code = isFloat ? 3 : 1;
  chunk.write('fmt ', 0, 'latin1');
  chunk.writeUInt32LE(chunk.length - 8, 4);
  chunk.writeUInt16LE(extensible ? 0xfffe : code, 8);
  chunk.writeUInt16LE(channels, 10);
  chunk.writeUInt32LE(rateHz, 12);
  chunk.writeUInt32LE((rateHz * frame) % 2 ** 32, 16);
  chunk.writeUInt16LE(frame, 20);
  chunk.writeUInt16LE(bits, 22);
  if (extensible) {
    chunk.writeUInt16LE(22, 24);
    chunk.writeUInt16LE(bits, 26);
    chunk.writeUInt16LE(code, 32);
  }
  return chunk;
}

function sample(value: number, bits: number, isFloat: boolean): Buffer {
  const bytes = Buffer.alloc(bits / 8);
  if (isFloat && bits === 64) {
    bytes.writeDoubleLE(value);
  } else if (isFloat) {
    bytes.writeFloatLE(value);
  } else if (bits === 8) {
    bytes[0] = Math.round(value * 127) + 128;
  } else {
    bytes.writeIntLE(Math.round(value * (2 ** (bits - 1) - 1)), 0, bits / 8);
  }
  return bytes;
}

/** The same samples in all channels. */
export function wavOf(samples: Float32Array, given: IWavOptions = {}): Buffer {
  const options: Required<IWavOptions> = {
    rateHz: 16_000,
    channels: 1,
    bits: 16,
    isFloat: false,
    extensible: false,
    declaredBytes: -1,
    before: Buffer.alloc(0),
    ...given
  };
  const { bits, isFloat, channels, declaredBytes, before } = options;
  const parts: Buffer[] = [];
  for (const value of samples) {
    const one = sample(value, bits, isFloat);
    parts.push(...new Array<Buffer>(channels).fill(one));
  }
  const body = Buffer.concat(parts);
  const head = Buffer.from('RIFF....WAVE', 'latin1');
  const data = Buffer.from('data....', 'latin1');
  data.writeUInt32LE(declaredBytes < 0 ? body.length : declaredBytes, 4);
  head.writeUInt32LE(4 + body.length, 4);
  return Buffer.concat([head, formatChunk(options), before, data, body]);
}

export const sine = (
  hz: number,
  rateHz: number,
  seconds: number
): Float32Array =>
  Float32Array.from(
    { length: Math.round(seconds * rateHz) },
    (_, n) => 0.5 * Math.sin((2 * Math.PI * hz * n) / rateHz)
  );
