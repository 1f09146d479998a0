import { formatMetric, groupMetrics } from '../metricGroups';

const step = (values: Record<string, number>) => ({
  step: 1,
  at: '2026-01-01T00:00:00Z',
  values
});

it('puts metrics that measure the same into one picture, how right it is first', () => {
  expect(
    groupMetrics([
      step({ loss: 1, lr: 0.1, val_loss: 2 }),
      step({ accuracy: 0.5, 'val/accuracy': 0.4 })
    ])
  ).toEqual([
    { name: 'accuracy', metrics: ['accuracy', 'val/accuracy'] },
    { name: 'loss', metrics: ['loss', 'val_loss'] },
    { name: 'lr', metrics: ['lr'] }
  ]);
});

it.each([
  [0.93754, '0.9375'],
  [1, '1'],
  [0, '0'],
  [0.0000123, '1.23e-5'],
  [1234567, '1.23e+6']
])('writes %d with the digits that count', (value, text) => {
  expect(formatMetric(value)).toBe(text);
});
