import { readOperations } from '../swagger';

describe('readOperations', () => {
  it('reads operations with their parameters', () => {
    const [operation] = readOperations({
      paths: {
        '/v2/models/tiny/predict/': {
          post: {
            summary: 'Make a prediction',
            parameters: [
              { in: 'formData', name: 'image', type: 'file', required: true },
              {
                in: 'query',
                name: 'threshold',
                type: 'number',
                default: 0.5,
                minimum: 0,
                maximum: 1,
                description: 'score threshold'
              },
              {
                in: 'query',
                name: 'weights',
                type: 'array',
                items: { type: 'number' },
                enum: [1, 2]
              }
            ],
            responses: { 200: { description: 'fine' } }
          }
        }
      }
    });
    expect(operation.method).toBe('POST');
    expect(operation.responses).toEqual([
      { status: '200', description: 'fine' }
    ]);
    const [image, threshold, weights] = operation.parameters;
    expect(image).toMatchObject({ name: 'image', isRequired: true });
    expect(threshold).toMatchObject({ limits: '≥ 0, ≤ 1', fallback: '0.5' });
    expect(weights).toMatchObject({ type: 'number[]', limits: '1 | 2' });
  });

  it.each([null, 'text', { paths: 3 }, { paths: { '/a': null } }])(
    'reads nothing from %j',
    swagger => {
      expect(readOperations(swagger)).toEqual([]);
    }
  );
});
