import { DeepError } from '@jupyterlab-deep/protocol';
import { modelPathsIn, operationOf } from './modelPaths';
import { isSource, PropertyReader } from './property';
import type { IJsonSchema } from './types';

export { modelPathOf, modelPathsIn } from './modelPaths';

/**
 * Where a module looks for an argument. DEEPaaS takes most of them from anywhere, whatever `in` says (`any`); those that their
 * author put into the form, a JSON body or a header it takes from there alone.
 */
export type Place = 'any' | 'form' | 'json' | 'header';

/** The arguments of one operation, in the order of the module. */
export interface IOperationArguments {
  schema: IJsonSchema;
  /** Of those that are not `any`. */
  places: Record<string, Place>;
}

/** An argument as the document has it. */
interface IFound {
  name: string;
  place: Place;
  isRequired: boolean;
  source: Record<string, unknown>;
}

const PLACES: Record<string, Place> = {
  query: 'any',
  formData: 'form',
  header: 'header'
};

const ACCEPT = 'accept';

/** The arguments of predict as JSON Schema, without `accept`, and the media types it can answer with. */
export function predictSchema(
  swagger: unknown,
  modelPath: string
): IOperationArguments & { accepts: string[]; takesAccept: boolean } {
  const found = operationOf(swagger, modelPath, 'predict');
  if (!found) {
    throw new DeepError(
      'not-found',
      `The module's API document has no predict route for ${modelPath}.`,
      { hint: `It has: ${modelPathsIn(swagger).join(', ') || 'none'}.` }
    );
  }
  const all = argumentsIn(found.parameters, swagger);
  const accept = all.find(({ name }) => name === ACCEPT);
  const others = all.filter(({ name }) => name !== ACCEPT);
  return {
    ...toSchema(others, swagger),
    accepts: acceptsOf(accept?.source, found.produces),
    takesAccept: accept !== undefined
  };
}

/** The arguments of train as JSON Schema; null when the module has no such route. */
export function trainSchema(
  swagger: unknown,
  modelPath: string
): IOperationArguments | null {
  const found = operationOf(swagger, modelPath, 'train');
  return found
    ? toSchema(argumentsIn(found.parameters, swagger), swagger)
    : null;
}

function acceptsOf(
  accept: Record<string, unknown> | undefined,
  produces: unknown
): string[] {
  const offered = textsIn(accept?.enum);
  const first = textsIn([accept?.default]);
  const types = offered.length > 0 || !accept ? offered : textsIn(produces);
  const exact = [...new Set([...first, ...types])].filter(
    type => type !== '*/*'
  );
  return exact.length > 0 ? exact : ['application/json'];
}

const textsIn = (value: unknown): string[] =>
  (Array.isArray(value) ? value : []).filter(
    (each): each is string => typeof each === 'string'
  );

function argumentsIn(parameters: unknown = [], swagger: unknown): IFound[] {
  if (!Array.isArray(parameters)) {
    throw new DeepError(
      'module-broken',
      'The module describes its API in a form that DEEPaaS does not have: its arguments are no list.',
      { technical: JSON.stringify(parameters).slice(0, 500) }
    );
  }
  return parameters
    .map(parameter => shared(parameter, swagger))
    .flatMap(parameter => {
      if (parameter.in === 'body') {
        return bodyArguments(parameter, swagger);
      }
      const { name, required, schema } = parameter;
      // Neither a part of the path nor a cookie is an argument that people give.
      const place = PLACES[String(parameter.in ?? 'query')];
      const isRequired = required === true;
      const source = isSource(schema) ? { ...schema, ...parameter } : parameter;
      return typeof name === 'string' && place
        ? [
            {
              name,
              place: source.type === 'file' ? 'any' : place,
              isRequired,
              source
            }
          ]
        : [];
    });
}

/** Documents may keep parameters that several operations have in one place. */
function shared(parameter: unknown, swagger: unknown): Record<string, unknown> {
  const given = isSource(parameter) ? parameter : {};
  const name =
    typeof given.$ref === 'string' &&
    /^#\/parameters\/(.+)$/.exec(given.$ref)?.[1];
  const { parameters } = (swagger ?? {}) as { parameters?: unknown };
  const found = name && isSource(parameters) ? parameters[name] : undefined;
  return isSource(found) ? found : given;
}

/** Arguments that are taken from a JSON body alone stand together in one parameter. */
function bodyArguments(
  { schema }: Record<string, unknown>,
  swagger: unknown
): IFound[] {
  const { definitions } = (swagger ?? {}) as {
    definitions?: Record<string, unknown>;
  };
  const name = String(isSource(schema) ? schema.$ref : '')
    .split('/')
    .pop();
  const body = definitions?.[name ?? ''] ?? schema;
  const { properties, required } = isSource(body) ? body : {};
  return Object.entries(isSource(properties) ? properties : {}).map(
    ([argument, source]) => ({
      name: argument,
      place: 'json',
      isRequired: textsIn(required).includes(argument),
      source: isSource(source) ? source : {}
    })
  );
}

function toSchema(found: IFound[], swagger: unknown): IOperationArguments {
  const reader = new PropertyReader(swagger);
  const distinct = [...new Map(found.map(each => [each.name, each])).values()];
  const schema: IJsonSchema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    properties: Object.fromEntries(
      distinct.map(({ name, source }) => [name, reader.argument(source)])
    ),
    required: distinct
      .filter(({ isRequired }) => isRequired)
      .map(({ name }) => name),
    additionalProperties: false
  };
  const places = distinct.filter(({ place }) => place !== 'any');
  return {
    schema,
    places: Object.fromEntries(places.map(({ name, place }) => [name, place]))
  };
}
