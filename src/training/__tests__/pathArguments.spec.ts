import { canTakeData, planTraining, takesData } from '../pathArguments';

const text = (description?: string) => ({
  type: 'string' as const,
  description
});

it.each([
  ['data', undefined],
  ['data_path', undefined],
  ['dataset', undefined],
  ['dataset_path', undefined],
  ['images_directory', undefined],
  ['train_dir', undefined],
  ['training_data', undefined],
  ['source', 'Path of the folder with the pictures'],
  ['root', 'Directory of the training data']
])('takes %s for the place of data', (name, description) => {
  expect(takesData(name, text(description))).toBe(true);
});

it.each([
  ['model_path', 'Path of the model'],
  ['output_dir', 'Directory for the data that come out'],
  ['data_augmentation', undefined],
  ['data_format', undefined],
  ['weights', 'Path of the data of the weights'],
  ['optimizer', undefined],
  ['run_name', 'Name of the folder that is made']
])('does not take %s for it', (name, description) => {
  expect(takesData(name, text(description))).toBe(false);
});

it('believes the module: a path is the place of data unless its name says otherwise, a dataset always is', () => {
  const of = (format: string) => ({ type: 'string' as const, format });
  expect(takesData('source', of('path'))).toBe(true);
  expect(takesData('model_path', of('path'))).toBe(false);
  expect(takesData('weights', of('dataset'))).toBe(true);
  expect(takesData('data', of('uri'))).toBe(false);
});

it.each([
  [{ type: 'string' as const }, true],
  [{ type: 'string' as const, format: 'date' }, false],
  [{ type: 'string' as const, format: 'password' }, false],
  [{ type: 'string' as const, enum: ['a'] }, false],
  [{ type: 'string' as const, default: "{'a': 1}" }, false],
  [{ type: 'number' as const }, false]
])('lets the user say it of %j: %s', (schema, can) => {
  expect(canTakeData(schema)).toBe(can);
});

it('takes the word of the user before its own guess, and keeps in sight what was spoken of', () => {
  const train = {
    type: 'object',
    required: ['mode'],
    properties: {
      data: { type: 'string' },
      mode: { type: 'string' },
      cellar: { type: 'string' },
      note: { type: 'string' },
      seed: { type: 'integer' }
    }
  };
  const bindings = new Map([
    ['data', false],
    ['cellar', true],
    ['seed', true],
    ['gone', true]
  ]);
  const { data, first, more, uiSchema } = planTraining(train, bindings);
  expect(data).toEqual(['cellar']);
  expect(first).toEqual(['cellar', 'data', 'mode']);
  expect(more).toEqual(['note', 'seed']);
  expect(uiSchema.data).toEqual({ 'ui:field': 'DeepText' });
  expect(uiSchema.seed).toEqual({});
});

it('does not take a choice, a number or a password for it', () => {
  expect(takesData('dataset', { type: 'string', enum: ['a', 'b'] })).toBe(
    false
  );
  expect(takesData('data', { type: 'integer' })).toBe(false);
  expect(takesData('data', { type: 'string', format: 'password' })).toBe(false);
});

it('puts the data first, then what people set each time, and folds the rest', () => {
  const { data, first, more, uiSchema } = planTraining({
    type: 'object',
    required: ['mode'],
    properties: {
      seed: { type: 'integer', default: 0 },
      epochs: { type: 'integer', default: 3 },
      mode: { type: 'string' },
      data_path: { type: 'string' },
      learning_rate: { type: 'number', default: 0.1 }
    }
  });
  expect(data).toEqual(['data_path']);
  expect(first).toEqual(['data_path', 'epochs', 'mode', 'learning_rate']);
  expect(more).toEqual(['seed']);
  expect(uiSchema.data_path).toEqual({ 'ui:field': 'DeepData' });
});
