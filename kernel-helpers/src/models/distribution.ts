/** Of a sum that should be 1. */
const TOLERANCE = 1e-3;

/** Whether these numbers are probabilities: none below 0, all together 1. */
export function isDistribution(values: Float32Array): boolean {
  const total = values.reduce((sum, value) => sum + value, 0);
  return Math.abs(total - 1) < TOLERANCE && values.every(value => value >= 0);
}
