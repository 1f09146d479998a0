import type { ISeriesPart, TrainingStep } from '@jupyterlab-deep/protocol';
import { IMimeBundle } from '../display/bundle';
import { chartBundle } from '../display/chart';

/** Curves as a chart that Lab draws without any extension; words and numbers where there are no charts. */
export function curvesBundle(
  title: string,
  steps: readonly TrainingStep[],
  metrics: Record<string, number>
): IMimeBundle {
  const numbers = Object.entries(metrics)
    .map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`)
    .join(', ');
  const text = [title, numbers].filter(Boolean).join('\n');
  if (steps.length === 0) {
    return { 'text/plain': text };
  }
  const names = [
    ...new Set(steps.flatMap(({ values }) => Object.keys(values)))
  ];
  const part: ISeriesPart = {
    kind: 'series',
    scale: 'number',
    x: steps.map(({ step }) => step),
    xName: 'epoch',
    lines: names.map(name => ({
      name,
      values: steps.map(({ values }) => values[name] ?? null)
    })),
    total: steps.length,
    step: 1
  };
  return chartBundle(part, text);
}
