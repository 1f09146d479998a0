import { chosenOptions } from '../chosenOptions';

const OPTIONS = {
  type: 'object',
  properties: {
    template: { type: 'string', default: 'one', oneOf: [{ const: 'one' }] }
  },
  required: ['template'],
  dependencies: {
    template: {
      oneOf: [
        {
          properties: { template: { enum: ['one'] }, image: { default: 'a' } },
          required: ['image']
        },
        { properties: { template: { enum: ['two'] }, cpus: {} } }
      ]
    }
  }
};

describe('options that depend on a choice', () => {
  const fields = (values: Record<string, unknown>) => {
    const { properties, required } = chosenOptions(OPTIONS, values);
    return [Object.keys(properties!), required];
  };

  it('are those of the default, of what is chosen, or none', () => {
    expect(fields({})).toEqual([
      ['template', 'image'],
      ['template', 'image']
    ]);
    expect(fields({ template: 'two' })).toEqual([
      ['template', 'cpus'],
      ['template']
    ]);
    expect(fields({ template: 'three' })).toEqual([['template'], ['template']]);
  });

  it('leave other options as they are', () => {
    const plain = { type: 'object', properties: { cpus: {} } };
    expect(chosenOptions(plain, {})).toEqual(plain);
    expect(chosenOptions(undefined, {})).toEqual({});
  });
});
