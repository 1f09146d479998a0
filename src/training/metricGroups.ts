import type { TrainingStep } from '@jupyterlab-deep/protocol';

/** Metrics that belong into one picture: `loss` and `val_loss`. */
export interface IMetricGroup {
  name: string;
  metrics: string[];
}

const CHECKED = /^(val|valid|validation|test|eval|train|training)[_/.-]/i;

/** Metrics by what they measure; those that measure how right it is come first. */
export function groupMetrics(steps: readonly TrainingStep[]): IMetricGroup[] {
  const groups = new Map<string, Set<string>>();
  for (const { values } of steps) {
    for (const metric of Object.keys(values)) {
      const name = metric.replace(CHECKED, '');
      const metrics = groups.get(name) ?? new Set();
      metrics.add(metric);
      groups.set(name, metrics);
    }
  }
  const rank = (name: string) =>
    /acc|f1|iou|map|auc|score/i.test(name) ? 0 : /loss/i.test(name) ? 1 : 2;
  return [...groups]
    .map(([name, metrics]) => ({ name, metrics: [...metrics].sort() }))
    .sort((a, b) => rank(a.name) - rank(b.name));
}

/** `0.9375`, `1.2e-5`: four digits that count. */
export function formatMetric(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size < 0.001 || size >= 100_000)
    ? value.toExponential(2)
    : String(Number(value.toPrecision(4)));
}
