import { closeSync, openSync, readSync } from 'node:fs';
import { badFile, checkInput, type FileInput } from './inputFile';

/** Sound in a WAV file. */
export interface IWavFormat {
  channels: number;
  samplingRateHz: number;
  bitsPerSample: 8 | 16 | 24 | 32 | 64;
  isFloat: boolean;
  /** Where the samples begin in the file, and their bytes. */
  dataStart: number;
  dataBytes: number;
}

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;
/** Size of a file that was written into a pipe: unknown. */
const UNKNOWN_SIZES = [0, 0xffffffff, 0x7fffffff];
const MAX_CHANNELS = 64;
const MIN_RATE_HZ = 1000;
const MAX_RATE_HZ = 384_000;
/** No file has so many parts before its samples. */
const MAX_CHUNKS = 1000;

/** First bytes of sound files of other kinds, in Latin letters. */
const OTHERS: [RegExp, string][] = [
  [/^(ID3|\xff[\xe0-\xff])/, 'an MP3 file'],
  [/^fLaC/, 'a FLAC file'],
  [/^OggS/, 'an Ogg file'],
  [/^....ftyp/s, 'an MP4 or M4A file'],
  [/^FORM....AIF/s, 'an AIFF file'],
  [/^(RF64|RIFX)/, 'a WAV file of a rare kind (RF64 or RIFX)']
];

/** Reads at any place of a file or of bytes. */
export class InputReader {
  constructor(
    private readonly _input: FileInput,
    maxBytes: number
  ) {
    this.sizeBytes = checkInput(_input, maxBytes);
    if (typeof _input === 'string') {
      this._file = openSync(_input, 'r');
    }
  }

  readonly sizeBytes: number;

  /** At most `length` bytes from there on; fewer at the end. */
  read(from: number, length: number): Buffer {
    const start = Math.min(from, this.sizeBytes);
    const end = Math.min(start + length, this.sizeBytes);
    if (this._file === undefined) {
      const bytes = this._input as Uint8Array;
      return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
    }
    const out = Buffer.alloc(end - start);
    const count = readSync(this._file, out, 0, out.length, start);
    return out.subarray(0, count);
  }

  close(): void {
    if (this._file !== undefined) {
      closeSync(this._file);
    }
  }

  private readonly _file?: number;
}

const refused = (detail: string, hint?: string) =>
  badFile('audio', detail, hint ?? 'Save it as a WAV file again.');

function checkKind(head: Buffer): void {
  const text = head.toString('latin1');
  if (/^RIFF....WAVE/s.test(text)) {
    return;
  }
  const other = OTHERS.find(([start]) => start.test(text))?.[1];
  throw head.length === 0
    ? refused('The sound file is empty.')
    : refused(
        `This is ${other ?? 'not a sound file that can be read'}; WAV files are read.`,
        'Save it as WAV, for example with Audacity or `ffmpeg -i in out.wav`.'
      );
}

type Layout = Omit<IWavFormat, 'dataStart' | 'dataBytes'>;

function readLayout(chunk: Buffer): Layout {
  if (chunk.length < 16) {
    throw refused('The sound file is damaged: its format is cut off.');
  }
  const tag = chunk.readUInt16LE(0);
  const code =
    tag === EXTENSIBLE && chunk.length >= 26 ? chunk.readUInt16LE(24) : tag;
  const channels = chunk.readUInt16LE(2);
  const samplingRateHz = chunk.readUInt32LE(4);
  const bits = chunk.readUInt16LE(14);
  const isFloat = code === FLOAT;
  const known = isFloat ? [32, 64] : code === PCM ? [8, 16, 24, 32] : [];
  if (!known.includes(bits)) {
    throw refused(
      `The sound file is coded in a way that is not read (code ${code}, ${bits} bits).`,
      'Save it as WAV with PCM samples of 8, 16, 24 or 32 bits, or floating point.'
    );
  }
  if (channels < 1 || channels > MAX_CHANNELS) {
    throw refused(`The sound file says that it has ${channels} channels.`);
  }
  if (samplingRateHz < MIN_RATE_HZ || samplingRateHz > MAX_RATE_HZ) {
    throw refused(
      `The sound file says that it has ${samplingRateHz} samples a second; ${MIN_RATE_HZ} to ${MAX_RATE_HZ} are read.`
    );
  }
  const bitsPerSample = bits as IWavFormat['bitsPerSample'];
  return { channels, samplingRateHz, bitsPerSample, isFloat };
}

export const bytesPerFrame = ({
  channels,
  bitsPerSample
}: Pick<IWavFormat, 'channels' | 'bitsPerSample'>): number =>
  (channels * bitsPerSample) / 8;

const seconds = (value: number): string =>
  value < 120 ? `${value.toFixed(1)} s` : `${(value / 60).toFixed(1)} min`;

function checkData(
  layout: Layout,
  dataStart: number,
  declared: number,
  sizeBytes: number
): IWavFormat {
  const present = sizeBytes - dataStart;
  const frame = bytesPerFrame(layout);
  const lengthOf = (bytes: number): string =>
    seconds(bytes / frame / layout.samplingRateHz);
  if (declared > present && !UNKNOWN_SIZES.includes(declared)) {
    throw refused(
      `The sound file is cut off: it says ${lengthOf(declared)}, and ${lengthOf(present)} are there.`,
      'Copy it again.'
    );
  }
  const wanted = UNKNOWN_SIZES.includes(declared) ? present : declared;
  const dataBytes = Math.floor(wanted / frame) * frame;
  if (dataBytes === 0) {
    throw refused(
      'The sound file holds no sound: it has no samples.',
      'Use another one.'
    );
  }
  return { ...layout, dataStart, dataBytes };
}

/**
 * Finds the samples of a WAV file without reading them. Layout: Microsoft's RIFF WAVE, chunks of a four-letter name, a length and a
 * content of even length.
 * @throws DeepError `invalid-arguments` that says what is wrong with the file.
 */
export function readWavFormat(reader: InputReader): IWavFormat {
  checkKind(reader.read(0, 12));
  let layout: Layout | undefined;
  let at = 12;
  for (let count = 0; count < MAX_CHUNKS; count++) {
    const head = reader.read(at, 8);
    if (head.length < 8) {
      break;
    }
    const name = head.toString('latin1', 0, 4);
    const length = head.readUInt32LE(4);
    if (name === 'fmt ') {
      layout = readLayout(reader.read(at + 8, Math.min(length, 40)));
    } else if (name === 'data') {
      if (!layout) {
        break;
      }
      return checkData(layout, at + 8, length, reader.sizeBytes);
    }
    at += 8 + length + (length % 2);
  }
  throw refused('The sound file is damaged: its samples cannot be found.');
}

type ReadSample = (bytes: Buffer, at: number) => number;

/** Each kind of sample as -1 to 1. */
function sampleReader({ bitsPerSample, isFloat }: IWavFormat): ReadSample {
  switch (bitsPerSample) {
    case 8:
      return (bytes, at) => (bytes[at] - 128) / 128;
    case 16:
      return (bytes, at) => bytes.readInt16LE(at) / 2 ** 15;
    case 24:
      return (bytes, at) => bytes.readIntLE(at, 3) / 2 ** 23;
    case 32:
      return isFloat
        ? (bytes, at) => bytes.readFloatLE(at)
        : (bytes, at) => bytes.readInt32LE(at) / 2 ** 31;
    case 64:
      return (bytes, at) => bytes.readDoubleLE(at);
  }
}

/** The mean of all channels, sample by sample; what is no number is silence. */
export function toMono(bytes: Buffer, format: IWavFormat): Float32Array {
  const { channels, bitsPerSample } = format;
  const read = sampleReader(format);
  const step = bitsPerSample / 8;
  const mono = new Float32Array(bytes.length / bytesPerFrame(format));
  let at = 0;
  for (let frame = 0; frame < mono.length; frame++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++, at += step) {
      sum += read(bytes, at);
    }
    const value = sum / channels;
    mono[frame] = Number.isFinite(value) ? value : 0;
  }
  return mono;
}
