import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { type IModel, type IVoiceActivity, loadModel } from '..';
import { sine, wavOf } from './soundFiles';
import { buildWorkers, MODULES, PEERS, Scratch } from './surroundings';

jest.setTimeout(60_000);

const FOLDER = path.join(MODULES, 'voice-activity');
const BABBLE = path.join(FOLDER, 'examples/babble.wav');

/** What a Python developer would write: the whole sound in one run of the same network. */
const SCRIPT = `
import json, sys, wave, numpy as np, onnxruntime as ort
with wave.open(sys.argv[2]) as file:
    sound = np.frombuffer(file.readframes(file.getnframes()), '<i2').astype('f4') / 32768
count = -(-len(sound) // 512)
frames = np.zeros((count, 512), 'f4'); frames.reshape(-1)[:len(sound)] = sound
context = np.zeros((count, 64), 'f4'); context[1:] = frames[:-1, -64:]
zero = np.zeros((1, 1, 128), 'f4')
session = ort.InferenceSession(sys.argv[1] + '/onnx/model.onnx', providers=['CPUExecutionProvider'])
found, _, _ = session.run(None, {'input': np.hstack([context, frames]), 'h': zero, 'c': zero})
print(json.dumps(found.tolist()))
`;
const compared = existsSync(PEERS) ? it : it.skip;
const suffix = existsSync(PEERS) ? '' : ' (skipped: .venv-peers is missing)';

describe('The voice activity detector', () => {
  const scratch = new Scratch();
  let model: IModel;

  beforeAll(async () => {
    buildWorkers();
    model = await loadModel(FOLDER);
  });

  afterAll(async () => {
    await model?.release();
    scratch.remove();
  });

  const listen = (audio: unknown, more: object = {}) =>
    model.predict({ audio, ...more }) as Promise<IVoiceActivity>;

  const samples = (): Float32Array => {
    const bytes = readFileSync(BABBLE).subarray(44);
    return Float32Array.from(
      { length: bytes.length / 2 },
      (_, n) => bytes.readInt16LE(2 * n) / 32_768
    );
  };

  it('says what it is and takes', () => {
    expect(model.describe()).toMatchObject({
      task: 'voice-activity-detection',
      output: 'times of speech',
      license: 'MIT'
    });
    expect(model.describe().arguments.map(({ name }) => name)).toEqual([
      'audio',
      'threshold',
      'min_speech_ms',
      'min_silence_ms',
      'frames'
    ]);
  });

  it('finds the three sentences of its example, and not the thump', async () => {
    const found = await listen(BABBLE);
    expect(found.frame_rate_hz).toBe(31.25);
    expect(found.duration_s).toBeCloseTo(9.523, 3);
    expect(found.segments).toHaveLength(3);
    const [first, second, third] = found.segments;
    expect(first.start_s).toBeGreaterThan(1.1);
    expect(first.start_s).toBeLessThan(1.4);
    expect(second.start_s - first.end_s).toBeGreaterThan(0.9);
    // The thump lies in the longer pause.
    expect(third.start_s - second.end_s).toBeGreaterThan(2.2);
    for (const { probability } of found.segments) {
      expect(probability).toBeGreaterThan(0.5);
    }
    expect(found).not.toHaveProperty('frame_probabilities');
  });

  compared(
    `gives the probabilities of Python's onnxruntime${suffix}`,
    async () => {
      const output = execFileSync(PEERS, ['-c', SCRIPT, FOLDER, BABBLE], {
        encoding: 'utf8',
        env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' }
      });
      const theirs: number[] = JSON.parse(output);
      const ours = (await listen(BABBLE, { frames: true }))
        .frame_probabilities!;
      expect(ours).toHaveLength(theirs.length);
      const differences = ours.map((value, n) => Math.abs(value - theirs[n]));
      expect(Math.max(...differences)).toBeLessThan(1e-4);
    }
  );

  it('hears the same in bytes as in a file, and longer than it looks at once', async () => {
    const alone = await listen(BABBLE, { frames: true });
    expect(await listen(readFileSync(BABBLE), { frames: true })).toEqual(alone);
    const once = samples();
    const thrice = new Float32Array(3 * once.length);
    [0, 1, 2].forEach(n => thrice.set(once, n * once.length));
    expect((await listen(wavOf(thrice))).segments).toHaveLength(9);
  });

  it.each([
    ['8 bits', { bits: 8 }],
    ['24 bits', { bits: 24 }],
    ['32 bits', { bits: 32 }],
    ['floating point', { bits: 32, isFloat: true }],
    ['double floating point', { bits: 64, isFloat: true }],
    ['stereo', { channels: 2 }],
    ['an extensible header', { extensible: true, bits: 24 }],
    [
      'a note of odd length before the samples',
      { before: Buffer.from('LIST\x03\0\0\0abc\0', 'latin1') }
    ],
    ['a length that its writer did not know', { declaredBytes: 0xffffffff }]
  ] as const)('reads %s', async (_kind, options) => {
    const plain = await listen(BABBLE);
    const found = await listen(wavOf(samples(), { ...options }));
    expect(found.segments).toHaveLength(3);
    found.segments.forEach(({ start_s, end_s }, n) => {
      expect(Math.abs(start_s - plain.segments[n].start_s)).toBeLessThan(0.1);
      expect(Math.abs(end_s - plain.segments[n].end_s)).toBeLessThan(0.1);
    });
  });

  it.each([8000, 22_050, 44_100, 48_000])(
    'hears the same sentences at %i Hz',
    async rateHz => {
      const once = samples();
      const stretched = Float32Array.from(
        { length: Math.floor((once.length * rateHz) / 16_000) },
        (_, n) => {
          const at = (n * 16_000) / rateHz;
          const [left, right] = [
            once[Math.floor(at)],
            once[Math.ceil(at)] ?? 0
          ];
          return left + (right - left) * (at % 1);
        }
      );
      const found = await listen(wavOf(stretched, { rateHz }));
      expect(found.sampling_rate_hz).toBe(rateHz);
      expect(found.duration_s).toBeCloseTo(9.523, 2);
      expect(found.segments).toHaveLength(3);
    }
  );

  it('hears nobody in silence and in a tone', async () => {
    expect((await listen(wavOf(new Float32Array(16_000)))).segments).toEqual(
      []
    );
    const tone = await listen(wavOf(sine(440, 48_000, 2), { rateHz: 48_000 }));
    expect(tone).toMatchObject({ segments: [], speech_s: 0, duration_s: 2 });
  });

  it('goes by its arguments', async () => {
    const none = await listen(BABBLE, { threshold: 1 });
    expect(none.segments).toEqual([]);
    const joined = await listen(BABBLE, { min_silence_ms: 1500 });
    expect(joined.segments).toHaveLength(2);
    const long = await listen(BABBLE, { min_speech_ms: 1000 });
    expect(long.segments.length).toBeLessThan(3);
  });

  const cut = (bytes: Buffer, length: number) => bytes.subarray(0, length);
  it.each<[string, () => Uint8Array, string]>([
    ['nothing', () => new Uint8Array(), 'is empty'],
    ['no samples', () => wavOf(new Float32Array()), 'holds no sound'],
    ['half a header', () => cut(wavOf(sine(440, 16_000, 1)), 30), 'damaged'],
    [
      'a file that is cut off',
      () => cut(wavOf(sine(440, 16_000, 4)), 64_000),
      'says 4.0 s, and 2.0 s are there'
    ],
    [
      'a header that says two hours',
      () => wavOf(sine(440, 16_000, 1), { declaredBytes: 7200 * 32_000 }),
      'says 120.0 min, and 1.0 s are there'
    ],
    [
      'a picture',
      () => Buffer.from('\x89PNG\r\n\x1a\n....', 'latin1'),
      'not a sound file'
    ],
    [
      'an MP3 file',
      () => Buffer.from('ID3\x04............', 'latin1'),
      'an MP3 file'
    ],
    [
      'a FLAC file',
      () => Buffer.from('fLaC............', 'latin1'),
      'a FLAC file'
    ],
    [
      'a rate of 3 Hz',
      () => wavOf(sine(1, 16, 1), { rateHz: 3 }),
      '3 samples a second'
    ],
    [
      'a rate of 4 GHz',
      () => wavOf(sine(1, 16, 1), { rateHz: 4_000_000_000 }),
      '4000000000 samples a second'
    ],
    [
      'no channels',
      () => {
        const bytes = wavOf(sine(440, 16_000, 1));
        bytes.writeUInt16LE(0, 22);
        return bytes;
      },
      '0 channels'
    ],
    [
      'another coding',
      () => {
        const bytes = wavOf(sine(440, 16_000, 1));
        bytes.writeUInt16LE(85, 20);
        return bytes;
      },
      'code 85, 16 bits'
    ]
  ])('refuses %s in words, at the argument', async (_what, bytes, words) => {
    const error = await listen(bytes()).catch(thrown => thrown);
    expect(error).toMatchObject({ key: 'invalid-arguments' });
    expect(error.fields.audio[0]).toContain(words);
    expect(error.hint).toBeTruthy();
  });

  it('refuses what is not there, and what is too large before reading it', async () => {
    await expect(listen(scratch.file('none.wav'))).rejects.toMatchObject({
      key: 'not-found'
    });
    const sparse = scratch.file('large.wav');
    writeFileSync(sparse, '');
    truncateSync(sparse, 201 * 1024 ** 2);
    await expect(listen(sparse)).rejects.toMatchObject({ key: 'too-large' });
  });

  it('stops listening when it is cancelled, and listens to the next', async () => {
    const hour = scratch.file('hour.wav');
    const head = wavOf(new Float32Array(), { declaredBytes: 3600 * 32_000 });
    writeFileSync(hour, head);
    truncateSync(hour, head.length + 3600 * 32_000);
    const gone = new AbortController();
    const waiting = model.predict({ audio: hour }, { signal: gone.signal });
    const outcome = expect(waiting).rejects.toMatchObject({ key: 'cancelled' });
    // In the middle: the whole hour takes several seconds.
    setTimeout(() => gone.abort(), 500);
    await outcome;
    const start = performance.now();
    expect((await listen(BABBLE)).segments).toHaveLength(3);
    // An hour takes many times as long.
    expect(performance.now() - start).toBeLessThan(3000);
  });

  it('is released in the middle of an hour', async () => {
    const second = await loadModel(FOLDER);
    const waiting = second.predict({ audio: scratch.file('hour.wav') });
    const outcome = expect(waiting).rejects.toMatchObject({ key: 'cancelled' });
    await second.release();
    await outcome;
  });
});
