/** How the positions of one axis are made from those of another: the tables that the resizing kernel reads. */
export interface IAxis {
  /** For each output position: the first input position, the number of weights. */
  bounds: Int32Array;
  /** `taps` weights for each output position, in fixed point. */
  weights: Int32Array;
  taps: number;
}

/** Bits after the point of a weight; the kernel has the same number. */
const PRECISION = 22;

interface IFilter {
  /** Beyond this distance the weight is zero. */
  support: number;
  weight: (distance: number) => number;
}

const sinc = (x: number): number =>
  x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);

const hamming = (x: number): number =>
  x >= 1 ? 0 : sinc(x) * (0.54 + 0.46 * Math.cos(Math.PI * x));

/** Keys' cubic with a = -0.5. */
function bicubic(x: number): number {
  if (x < 1) {
    return (1.5 * x - 2.5) * x * x + 1;
  }
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

/** By Pillow's numbers, which `resample` in a preprocessor_config.json means. 0, nearest, is none of them. */
const FILTERS = new Map<number, IFilter>([
  [1, { support: 3, weight: x => (x < 3 ? sinc(x) * sinc(x / 3) : 0) }],
  [2, { support: 1, weight: x => Math.max(0, 1 - x) }],
  [3, { support: 2, weight: bicubic }],
  [4, { support: 0.5, weight: x => (x <= 0.5 ? 1 : 0) }],
  [5, { support: 1, weight: hamming }]
]);

export const isResample = (resample: number): boolean => FILTERS.has(resample);

const toFixed = (value: number): number => {
  const scaled = value * 2 ** PRECISION;
  return Math.trunc(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
};

/** The tables with which Pillow resizes `from` positions to `to`. */
export function axisOf(from: number, to: number, resample: number): IAxis {
  const { support, weight } = FILTERS.get(resample)!;
  const scale = from / to;
  // Enlarging takes the neighbours as they are, reducing takes all that fall into the new pixel.
  const stretch = Math.max(1, scale);
  const reach = support * stretch;
  const taps = Math.ceil(reach) * 2 + 1;
  const bounds = new Int32Array(2 * to);
  const weights = new Int32Array(taps * to);
  for (let position = 0; position < to; position++) {
    const center = (position + 0.5) * scale;
    const first = Math.max(0, Math.trunc(center - reach + 0.5));
    const end = Math.min(from, Math.trunc(center + reach + 0.5));
    const values = Array.from({ length: end - first }, (_, index) =>
      weight(Math.abs((first + index - center + 0.5) / stretch))
    );
    const total = values.reduce((a, b) => a + b, 0);
    bounds.set([first, values.length], 2 * position);
    weights.set(
      values.map(value => toFixed(total === 0 ? value : value / total)),
      taps * position
    );
  }
  return { bounds, weights, taps };
}
