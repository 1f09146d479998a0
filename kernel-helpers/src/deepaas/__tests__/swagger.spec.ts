import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { checkArguments, predictSchema, trainSchema } from '..';
import { modelPathsIn } from '../swagger';

const root = path.resolve(__dirname, '..', '..', '..', '..');
const data = process.env.DEEP_TEST_DATA ?? path.resolve(root, '..', 'shared');
const samples = path.join(data, 'samples', 'deepaas', 'swagger');
const withSamples = existsSync(samples) ? describe : describe.skip;
const suffix = existsSync(samples) ? '' : ' (skipped: needs DEEP_TEST_DATA)';

const MODEL = '/v2/models/m/';

const swaggerOf = (
  parameters: unknown,
  definitions: Record<string, unknown> = {}
): unknown => ({
  swagger: '2.0',
  paths: { [`${MODEL}predict/`]: { post: { parameters } } },
  definitions
});

const propertiesOf = (
  parameters: unknown,
  definitions?: Record<string, unknown>
): Record<string, unknown> =>
  predictSchema(swaggerOf(parameters, definitions), MODEL).schema.properties ??
  {};

/** As a checker of draft 7 takes it. */
function compile(schema: object): (value: unknown) => boolean {
  const ajv = new Ajv({ strict: false, validateSchema: true, logger: false });
  addFormats(ajv);
  return ajv.compile(schema) as (value: unknown) => boolean;
}

withSamples(`the Swagger of real modules${suffix}`, () => {
  it.each(['deepaas-test', 'demo_app', 'tiny', 'tiny_headers'])(
    'gives schemas of draft 7 whose defaults are valid: %s',
    name => {
      const file = path.join(samples, `${name}.json`);
      const swagger = JSON.parse(readFileSync(file, 'utf8'));
      const [modelPath] = modelPathsIn(swagger);
      const { schema, accepts } = predictSchema(swagger, modelPath);
      const train = trainSchema(swagger, modelPath);
      const parameters = swagger.paths[`${modelPath}predict/`].post.parameters;
      expect(accepts[0]).toBe('application/json');
      expect([...Object.keys(schema.properties ?? {}), 'accept']).toEqual(
        parameters.map((each: { name: string }) => each.name)
      );
      for (const each of [schema, train?.schema ?? {}]) {
        const defaults = Object.entries(each.properties ?? {}).flatMap(
          ([argument, property]) =>
            property.default === undefined ? [] : [[argument, property.default]]
        );
        const required = (each.required ?? []).map(argument => [
          argument,
          each.properties?.[argument].type === 'integer' ? 1 : 'text'
        ]);
        const values = Object.fromEntries([...required, ...defaults]);
        expect(compile(each)(values)).toBe(true);
      }
    }
  );
});

describe('the Swagger of strange modules', () => {
  it('reads 2,000 arguments and checks them, in well under a second each', async () => {
    const parameters = Array.from({ length: 2000 }, (_, index) => ({
      in: 'query',
      name: `n${index}`,
      type: 'integer',
      default: index
    }));
    const start = performance.now();
    const { schema } = predictSchema(swaggerOf(parameters), MODEL);
    await checkArguments(schema, { n7: 1 }, []);
    const first = performance.now();
    await expect(checkArguments(schema, { n8: 'x' }, [])).rejects.toMatchObject(
      {
        fields: { n8: ['It must be integer.'] }
      }
    );
    const again = performance.now();
    expect(Object.keys(schema.properties ?? {})).toHaveLength(2000);
    expect(first - start).toBeLessThan(5_000);
    // The checker is made once.
    expect(again - first).toBeLessThan((first - start) / 2);
  });

  it('leaves types that JSON does not have to the module', () => {
    const parameters = [
      { in: 'query', name: 'a', type: 'complex', description: 'what' },
      { in: 'query', name: 'b', type: 'array', items: { type: 'weird' } },
      { in: 'query', name: 'c', type: ['string', 'null'] },
      { in: 'cookie', name: 'd', type: 'string' },
      { in: 'path', name: 'e', type: 'string' },
      null,
      7,
      { in: 'query' }
    ];
    expect(propertiesOf(parameters)).toEqual({
      a: { description: 'what' },
      b: { type: 'array', items: {} },
      c: { type: 'string' }
    });
  });

  it.each([
    [{ format: 'path' }, 'path'],
    [{ format: 'directory' }, 'path'],
    [{ format: 'uri-reference' }, 'path'],
    [{ format: 'dataset' }, 'dataset'],
    [{ 'x-data': true }, 'dataset'],
    [{ 'x-kind': 'dataset', format: 'path' }, 'dataset'],
    [{ 'x-data': false }, undefined],
    [{ 'x-nullable': true }, undefined],
    [{ 'x-data': true, format: 'date' }, 'date'],
    [{ data: true }, undefined]
  ])(
    'keeps what a module says of the place of data, and takes any text for it: %j',
    async (said, format) => {
      const parameter = { name: 'source', in: 'query', type: 'string' };
      const swagger = swaggerOf([{ ...parameter, ...said }]);
      const { schema } = predictSchema(swagger, MODEL);
      expect(schema.properties?.source.format).toBe(format);
      const value = format === 'date' ? '2026-01-02' : '/my data/100 %';
      await checkArguments(schema, { source: value }, []);
    }
  );

  it('leaves out keywords that would spoil the whole schema', () => {
    const spoilt = {
      in: 'query',
      name: 'a',
      type: 'string',
      enum: [],
      minLength: -1,
      maxLength: 'many',
      pattern: '(?P<x>',
      description: ['no text'],
      multipleOf: 0
    };
    expect(propertiesOf([spoilt])).toEqual({ a: { type: 'string' } });
    const open = { type: 'number', minimum: 0, exclusiveMinimum: true };
    const { b } = propertiesOf([{ in: 'query', name: 'b', ...open }]);
    expect(b).toMatchObject({ exclusiveMinimum: 0 });
    const choices = { type: 'string', enum: ['x', 'x', null] };
    expect(propertiesOf([{ in: 'query', name: 'c', ...choices }])).toEqual({
      c: { type: 'string', enum: ['x'] }
    });
  });

  it('follows references through a cycle once, also of two that name each other', () => {
    const ref = (name: string) => ({ $ref: `#/definitions/${name}` });
    const parameters = [{ in: 'query', name: 'a', ...ref('A') }];
    const { a } = propertiesOf(parameters, {
      A: {
        type: 'object',
        properties: { b: ref('B'), own: { type: 'string' } }
      },
      B: { type: 'object', properties: { a: ref('A') } }
    });
    expect(a).toEqual({
      type: 'object',
      properties: {
        b: { type: 'object', properties: { a: { type: 'object' } } },
        own: { type: 'string' }
      }
    });
    expect(propertiesOf([{ in: 'query', name: 'x', ...ref('none') }])).toEqual({
      x: {}
    });
  });

  it('does not unfold few definitions to billions, nor deep ones without end', () => {
    const names = Array.from({ length: 40 }, (_, index) => `D${index}`);
    const definitions = Object.fromEntries(
      names.map((name, index) => {
        const next = { $ref: `#/definitions/D${index + 1}` };
        return [name, { type: 'object', properties: { l: next, r: next } }];
      })
    );
    let deep: Record<string, unknown> = { type: 'string' };
    for (let depth = 0; depth < 5000; depth++) {
      deep = { type: 'array', items: deep };
    }
    const parameters = [
      {
        in: 'query',
        name: 'a',
        $ref: undefined,
        schema: { $ref: '#/definitions/D0' }
      },
      { in: 'query', name: 'b', ...deep }
    ];
    const { schema } = predictSchema(swaggerOf(parameters, definitions), MODEL);
    expect(JSON.stringify(schema).length).toBeLessThan(2_000_000);
    expect(compile(schema)({ a: {}, b: [[]] })).toBe(true);
  });

  it('takes arguments out of a body and from the shared parameters', () => {
    const swagger = {
      ...(swaggerOf([
        { $ref: '#/parameters/Size' },
        { in: 'body', name: 'body', schema: { $ref: '#/definitions/Body' } }
      ]) as object),
      parameters: { Size: { in: 'query', name: 'size', type: 'integer' } },
      definitions: {
        Body: { properties: { text: { type: 'string' } }, required: ['text'] }
      }
    };
    const { schema, places } = predictSchema(swagger, MODEL);
    expect(schema.properties).toEqual({
      size: { type: 'integer' },
      text: { type: 'string' }
    });
    expect(schema.required).toEqual(['text']);
    expect(places).toEqual({ text: 'json' });
  });
});
