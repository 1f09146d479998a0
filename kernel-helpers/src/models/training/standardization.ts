/** Of the average deviation. */
const LEAST_SHARE = 0.01;

/** Each feature with mean 0 and deviation 1 over the pictures to learn from; what is learnt of them can be turned back. */
export class Standardization {
  static of(rows: readonly Float32Array[], width: number): Standardization {
    const mean = new Float64Array(width);
    const squares = new Float64Array(width);
    for (const row of rows) {
      for (let index = 0; index < width; index++) {
        mean[index] += row[index] / rows.length;
      }
    }
    for (const row of rows) {
      for (let index = 0; index < width; index++) {
        squares[index] += (row[index] - mean[index]) ** 2 / rows.length;
      }
    }
    const deviation = squares.map(Math.sqrt);
    const average = deviation.reduce((a, b) => a + b, 0) / width;
    // A feature that hardly ever changes says nothing here; divided by its deviation it would outshout all others in new pictures.
    const least = average * LEAST_SHARE || 1;
    return new Standardization(
      mean,
      deviation.map(value => Math.max(value, least))
    );
  }

  private constructor(
    private readonly _mean: Float64Array,
    private readonly _deviation: Float64Array
  ) {}

  write(row: Float32Array, out: Float32Array, start: number): void {
    for (let index = 0; index < row.length; index++) {
      out[start + index] =
        (row[index] - this._mean[index]) / this._deviation[index];
    }
  }

  /** The same layer for features that are not standardized: `x · W/σ + (b − μ · W/σ)`. */
  undone(
    weights: Float32Array,
    bias: Float32Array,
    classes: number
  ): { weights: Float32Array; bias: Float32Array } {
    const turned = new Float32Array(weights.length);
    const shifted = Float64Array.from(bias);
    this._deviation.forEach((deviation, feature) => {
      for (let label = 0; label < classes; label++) {
        const at = feature * classes + label;
        const weight = weights[at] / deviation;
        turned[at] = weight;
        shifted[label] -= this._mean[feature] * weight;
      }
    });
    return { weights: turned, bias: Float32Array.from(shifted) };
  }
}
