import { LogMetrics } from '../logMetrics';

it.each<[string, string[], object | undefined]>([
  [
    'a JSON line',
    ['{"epoch": 3, "loss": 0.5, "note": "x", "val_acc": 0.75}'],
    { step: 3, values: { loss: 0.5, val_acc: 0.75 } }
  ],
  [
    'a dictionary of Python',
    [
      "{'loss': 0.2541, 'grad_norm': 1.5, 'learning_rate': 5e-05, 'epoch': 1.5}"
    ],
    { values: { loss: 0.2541, grad_norm: 1.5, learning_rate: 5e-5 } }
  ],
  [
    'Keras, where the epoch stands on a line before',
    [
      'Epoch 2/10',
      '25/25 [=====] - 3s 120ms/step - loss: 0.6931 - accuracy: 0.5120 - val_loss: 1e-3'
    ],
    {
      step: 2,
      of: 10,
      values: { loss: 0.6931, accuracy: 0.512, val_loss: 0.001 }
    }
  ],
  [
    'key=value',
    [
      '2026-11-23 10:00:01 INFO epoch=4 of 20 train_loss=0.25 mIoU=0.61 time=3.2'
    ],
    { step: 4, of: 20, values: { train_loss: 0.25, mIoU: 0.61 } }
  ],
  [
    'a bracket',
    ['[epoch 7] loss: .125, top1-acc: 88.5'],
    { step: 7, values: { loss: 0.125, 'top1-acc': 88.5 } }
  ],
  ['an address and a port', ['Running on http://127.0.0.1:5000'], undefined],
  ['a time', ['finished at 12:30:05'], undefined],
  ['a number of no metric', ['workers: 4, seed = 1'], undefined],
  [
    'words like metrics',
    ['glossary: 3 accountants: 4 errors_file=2x'],
    undefined
  ]
])('reads %s', (_what, lines, expected) => {
  const metrics = new LogMetrics();
  const found = lines.map(line => metrics.read(line)).at(-1);
  if (expected) {
    expect(found).toMatchObject(expected);
    expect(found?.values).toEqual((expected as { values: object }).values);
  } else {
    expect(found).toBeUndefined();
  }
});
