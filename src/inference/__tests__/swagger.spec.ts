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
      { status: '200', description: 'fine', shape: '' }
    ]);
    const [image, threshold, weights] = operation.parameters;
    expect(image).toMatchObject({ name: 'image', isRequired: true });
    expect(threshold).toMatchObject({ limits: '≥ 0, ≤ 1', fallback: '0.5' });
    expect(weights).toMatchObject({ type: 'number[]', limits: '1 | 2' });
  });

  it('says what answers are made of, and ends where a definition leads to itself', () => {
    const [operation] = readOperations({
      definitions: {
        Tree: {
          type: 'object',
          required: ['label'],
          properties: {
            label: { type: 'string' },
            mode: { enum: ['a', 'b'] },
            branches: { type: 'array', items: { $ref: '#/definitions/Tree' } }
          }
        }
      },
      paths: {
        '/x': {
          get: {
            produces: ['application/json', 'image/png'],
            parameters: [
              { name: 'tree', in: 'query', $ref: '#/definitions/Tree' },
              { name: 'n', in: 'query', type: 'number', format: 'float' }
            ],
            responses: { 200: { schema: { $ref: '#/definitions/Tree' } } }
          }
        }
      }
    });
    const [{ shape }] = operation.responses;
    expect(shape).toMatch(/^\{\n {2}label: string;\n {2}mode\?: "a" \| "b";\n/);
    expect(shape).toContain('branches?: …;');
    expect(operation.produces).toEqual(['application/json', 'image/png']);
    const [tree, n] = operation.parameters;
    expect(tree.type).toContain('label: string');
    expect(n.type).toBe('number (float)');
  });

  it.each([null, 'text', { paths: 3 }, { paths: { '/a': null } }])(
    'reads nothing from %j',
    swagger => {
      expect(readOperations(swagger)).toEqual([]);
    }
  );
});
