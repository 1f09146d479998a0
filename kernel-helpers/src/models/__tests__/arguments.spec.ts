import { type IArgument, readArguments } from '../arguments';

const DECLARED: IArgument[] = [
  { name: 'image', type: 'file', required: true, description: '' },
  {
    name: 'top_k',
    type: 'integer',
    required: false,
    default: 5,
    minimum: 1,
    maximum: 10,
    description: ''
  },
  {
    name: 'mode',
    type: 'string',
    required: false,
    choices: ['fast', 'best'],
    description: ''
  }
];
const image = new Uint8Array(1);

const problems = (given: object): unknown => {
  try {
    readArguments(DECLARED, given as Record<string, unknown>);
    return {};
  } catch (error) {
    return (error as { fields: unknown }).fields;
  }
};

describe('Arguments', () => {
  it('get their defaults, and numbers from numerals', () => {
    expect(readArguments(DECLARED, { image })).toEqual({ image, top_k: 5 });
    expect(readArguments(DECLARED, { image, top_k: ' 7 ' }).top_k).toBe(7);
    expect(readArguments(DECLARED, { image, top_k: 3.9 }).top_k).toBe(3);
  });

  it.each([
    ['', 'Not a valid integer.'],
    ['1.5', 'Not a valid integer.'],
    [NaN, 'Not a valid integer.'],
    [{}, 'Not a valid integer.'],
    [null, 'Field may not be null.'],
    [11, 'Must be greater than or equal to 1 and less than or equal to 10.']
  ])('that are wrong (%p) are refused in words', (top_k, problem) => {
    expect(problems({ image, top_k })).toEqual({ top_k: [problem] });
  });

  it('report all problems at once', () => {
    expect(problems({ top_k: 'x', mode: 'slow' })).toEqual({
      image: ['Missing data for required field.'],
      top_k: ['Not a valid integer.'],
      mode: ['Must be one of: fast, best.']
    });
  });
});
