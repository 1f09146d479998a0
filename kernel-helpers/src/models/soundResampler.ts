/** Zero crossings of the filter on each side, in samples of the lower rate: more cut the edge of the band more sharply. */
const CROSSINGS = 24;
/** Part of the band that passes: the rest is where the filter falls off. */
const PASSED = 0.94;
/** Of the Kaiser window: about 80 dB down outside of the band. */
const BETA = 8;

/** The modified Bessel function of order 0, by its series. */
function bessel0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-12; k++) {
    term *= (x / 2 / k) ** 2;
    sum += term;
  }
  return sum;
}

const sinc = (x: number): number =>
  x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

/**
 * Brings sound to another sampling rate, piece by piece: a low-pass of windowed sinc, its values computed once for each phase that
 * the two rates have between them. Sample n of the output lies at the time n / outRate of the input, without delay.
 */
export class SoundResampler {
  constructor(inRateHz: number, outRateHz: number) {
    const divisor = greatestDivisor(inRateHz, outRateHz);
    this._step = inRateHz / divisor;
    this._phases = outRateHz / divisor;
    const cutoff = PASSED * Math.min(1, outRateHz / inRateHz);
    this._half = Math.ceil(CROSSINGS / Math.min(1, outRateHz / inRateHz));
    this._isSame = inRateHz === outRateHz;
    this._filters = new Array(this._isSame ? 0 : this._phases);
    this._cutoff = cutoff;
    // Silence before the sound, so that the first sample has what the filter wants on its left.
    this._kept = new Float32Array(this._half);
    this._keptFrom = -this._half;
  }

  /** What can be computed once these samples, the next ones, are there. */
  push(samples: Float32Array): Float32Array {
    if (this._isSame) {
      return samples;
    }
    this._keep(samples);
    this._received += samples.length;
    return this._drain(this._received - this._half);
  }

  /** The rest. */
  end(): Float32Array {
    if (this._isSame) {
      return new Float32Array();
    }
    this._keep(new Float32Array(this._half + 1));
    return this._drain(this._received);
  }

  private _keep(samples: Float32Array): void {
    const joined = new Float32Array(this._kept.length + samples.length);
    joined.set(this._kept);
    joined.set(samples, this._kept.length);
    this._kept = joined;
  }

  /** Outputs whose place in the input lies before `limit`. */
  private _drain(limit: number): Float32Array {
    const out: number[] = [];
    const place = (): number =>
      Math.floor((this._next * this._step) / this._phases);
    for (; place() < limit; this._next++) {
      const phase = (this._next * this._step) % this._phases;
      out.push(this._at(place(), phase));
    }
    const from = Math.min(
      place() - this._half,
      this._keptFrom + this._kept.length
    );
    if (from > this._keptFrom) {
      this._kept = this._kept.slice(from - this._keptFrom);
      this._keptFrom = from;
    }
    return Float32Array.from(out);
  }

  private _at(place: number, phase: number): number {
    const filter = (this._filters[phase] ??= this._filter(phase));
    const start = place - this._half - this._keptFrom;
    let sum = 0;
    for (let tap = 0; tap < filter.length; tap++) {
      sum += filter[tap] * this._kept[start + tap];
    }
    return sum;
  }

  /** Weights of the samples around a place that lies `phase / phases` behind a sample. */
  private _filter(phase: number): Float32Array {
    const offset = phase / this._phases;
    const weights = Float32Array.from(
      { length: 2 * this._half + 1 },
      (_, tap) => {
        const distance = tap - this._half - offset;
        const inWindow = 1 - (distance / (this._half + 1)) ** 2;
        const window = bessel0(BETA * Math.sqrt(Math.max(0, inWindow)));
        return this._cutoff * sinc(this._cutoff * distance) * window;
      }
    );
    // A constant stays what it is.
    const total = weights.reduce((a, b) => a + b, 0);
    return weights.map(weight => weight / total);
  }

  private readonly _isSame: boolean;
  private readonly _step: number;
  private readonly _phases: number;
  private readonly _half: number;
  private readonly _cutoff: number;
  private readonly _filters: Float32Array[];
  private _kept: Float32Array;
  /** Number of the sample that `_kept` begins with. */
  private _keptFrom: number;
  private _received = 0;
  /** Number of the next output. */
  private _next = 0;
}
