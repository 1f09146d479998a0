import { API } from '../../__tests__/samples';
import { trans } from '../../__tests__/connected';
import { checkValues } from '../formErrors';
import { planForm } from '../formSchema';

describe('planForm', () => {
  it('puts files and what is required first', () => {
    const plan = planForm(API.predict, API.accepts);
    expect(plan.first).toEqual(['image']);
    expect(plan.more).toEqual(['top_k']);
    expect(plan.files).toEqual(['image']);
  });

  it('shows everything when nothing is required', () => {
    const plan = planForm(
      { type: 'object', properties: { a: { type: 'string' } } },
      []
    );
    expect(plan.first).toEqual(['a']);
    expect(plan.more).toEqual([]);
  });

  it('asks for the kind of answer only where there is a choice', () => {
    const predict = {
      type: 'object',
      properties: { accept: { type: 'string', enum: ['application/json'] } }
    };
    expect(planForm(predict, ['application/json', '*/*']).first).toEqual([]);
    const plan = planForm(predict, ['application/json', 'image/png']);
    expect(plan.schema.properties!.accept).toMatchObject({
      enum: ['application/json', 'image/png']
    });
  });

  it('takes an argument that may be null as one that may be left out', () => {
    const plan = planForm(
      {
        type: 'object',
        properties: {
          urls: {
            type: ['array', 'null'],
            items: { type: 'string' },
            default: null
          }
        }
      },
      []
    );
    expect(plan.schema.properties!.urls).toEqual({
      type: 'array',
      items: { type: 'string' },
      title: 'Urls'
    });
  });
});

describe('checkValues', () => {
  const plan = planForm(
    {
      type: 'object',
      required: ['count'],
      properties: {
        count: { type: 'integer', format: 'int32', maximum: 3 },
        mode: { type: 'string', enum: ['fast', 'best'] }
      }
    },
    []
  );

  it.each([
    [{}, { count: ['Give a value.'] }],
    [{ count: 4 }, { count: ['It must be at most 3.'] }],
    [{ count: 1.5 }, { count: ['It must be a whole number.'] }],
    [{ count: 1, mode: 'slow' }, { mode: ['Choose one of: fast, best.'] }],
    [{ count: 1, mode: 'best' }, {}]
  ])('says what is wrong with %j', (values, errors) => {
    expect(checkValues(plan, values, trans)).toEqual(errors);
  });
});
