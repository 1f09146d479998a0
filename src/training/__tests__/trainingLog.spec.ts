import { found } from '../trainingLog';

const LOG = 'Epoch 1/2\nloss: 0.5\nEpoch 2/2\nLoss: 0.4\n';

it('finds the lines of a log by words, whatever their capitals', () => {
  expect(found(LOG, 'loss')).toEqual({
    shown: 'loss: 0.5\nLoss: 0.4',
    count: 2
  });
  expect(found(LOG, 'accuracy')).toEqual({ shown: '', count: 0 });
  expect(found(LOG, '').shown).toBe(LOG);
});
