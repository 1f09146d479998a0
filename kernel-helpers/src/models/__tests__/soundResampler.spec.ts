import { SoundResampler } from '../soundResampler';
import { sine } from './soundFiles';

const OUT_HZ = 16_000;

function resampled(
  samples: Float32Array,
  rateHz: number,
  pieces = [samples.length]
): Float32Array {
  const resampler = new SoundResampler(rateHz, OUT_HZ);
  const out: number[] = [];
  let at = 0;
  for (const length of pieces) {
    out.push(...resampler.push(samples.subarray(at, at + length)));
    at += length;
  }
  return Float32Array.from([...out, ...resampler.end()]);
}

/** Largest value away from the ends, where the sound begins and stops suddenly. */
const largest = (values: Float32Array): number =>
  Math.max(...values.slice(800, -800).map(Math.abs));

describe('Resampling sound', () => {
  it.each([8000, 11_025, 12_000, 22_050, 44_100, 44_101, 48_000, 96_000])(
    'from %i Hz keeps a tone, its length and its time',
    rateHz => {
      const found = resampled(sine(1000, rateHz, 0.5), rateHz);
      const wanted = sine(1000, OUT_HZ, 0.5);
      expect(Math.abs(found.length - wanted.length)).toBeLessThanOrEqual(1);
      const difference = found
        .slice(0, wanted.length)
        .map((value, n) => value - (wanted[n] ?? 0));
      expect(largest(difference)).toBeLessThan(1e-3);
    }
  );

  it.each([
    [48_000, 9000],
    [48_000, 15_000],
    [44_100, 12_000],
    [96_000, 40_000]
  ])(
    'from %i Hz removes %i Hz, which would come back as another tone',
    (rateHz, hz) => {
      expect(largest(resampled(sine(hz, rateHz, 0.5), rateHz))).toBeLessThan(
        2e-3
      );
    }
  );

  it('keeps a constant', () => {
    const found = resampled(new Float32Array(22_050).fill(0.25), 44_100);
    const middle = found.slice(800, -800);
    expect(Math.max(...middle)).toBeCloseTo(0.25, 4);
    expect(Math.min(...middle)).toBeCloseTo(0.25, 4);
  });

  it('gives the same in pieces as at once', () => {
    const samples = sine(440, 44_100, 0.3);
    const pieces = [1, 2, 700, 3, 5000, 0, samples.length];
    expect(resampled(samples, 44_100, pieces)).toEqual(
      resampled(samples, 44_100)
    );
  });

  it('takes nothing, and a single sample', () => {
    expect(resampled(new Float32Array(), 44_100)).toHaveLength(0);
    expect(resampled(Float32Array.of(0.5), 8000)).toHaveLength(2);
  });
});
