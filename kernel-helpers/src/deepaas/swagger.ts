import { DeepError } from '@jupyterlab-deep/protocol';
import { withSlash } from './endpoint';
import type { IJsonSchema } from './types';

interface IParameter extends Record<string, unknown> {
  name: string;
  in?: string;
  required?: boolean;
}

interface IOperation {
  parameters?: IParameter[];
  produces?: string[];
}

interface ISwagger {
  paths?: Record<string, { post?: IOperation } | undefined>;
  definitions?: Record<string, IJsonSchema>;
}

const KEPT = [
  'type',
  'description',
  'default',
  'enum',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'pattern'
];

/** Formats of Swagger that say something beyond the type, by their JSON Schema names. */
const FORMATS: Record<string, string> = {
  url: 'uri',
  uri: 'uri',
  date: 'date',
  'date-time': 'date-time',
  email: 'email',
  uuid: 'uuid',
  password: 'password'
};

const paths = (swagger: unknown): NonNullable<ISwagger['paths']> =>
  (swagger as ISwagger | null)?.paths ?? {};

/** The POST operation of a model; servers with a base path may leave the base path out of their document. */
function operation(
  swagger: unknown,
  modelPath: string,
  verb: 'predict' | 'train'
): IOperation | undefined {
  const tail = `${modelPath.slice(modelPath.indexOf('/v2/models/'))}${verb}/`;
  const path = Object.keys(paths(swagger)).find(candidate =>
    withSlash(candidate).endsWith(tail)
  );
  return path === undefined ? undefined : paths(swagger)[path]?.post;
}

/** Paths of the models that a Swagger document has, such as `/v2/models/tiny/`. */
export const modelPathsIn = (swagger: unknown): string[] =>
  Object.keys(paths(swagger))
    .filter(path => /\/v2\/models\/[^/]+\/predict\/?$/.test(path))
    .map(path => path.replace(/predict\/?$/, ''));

/**
 * Path of the only model of an endpoint, from its list of models and its Swagger document.
 * `id` and `name` in the list are the author's and may be anything, so the links count.
 */
export function modelPathOf(
  list: unknown,
  swagger: unknown,
  endpointName: string
): string {
  const found = new Set([...linksIn(list), ...modelPathsIn(swagger)]);
  const known = linksIn(list).length > 0 ? linksIn(list) : [...found];
  if (known.length === 1) {
    return known[0];
  }
  throw new DeepError(
    'invalid-request',
    known.length === 0
      ? `${endpointName} offers no model.`
      : `${endpointName} offers ${known.length} models: ${known.join(', ')}.`,
    {
      hint:
        known.length === 0
          ? 'Check that it is a DEEPaaS v2 address.'
          : 'Add the path of one of them to the address.'
    }
  );
}

function linksIn(list: unknown): string[] {
  const models = (list as { models?: unknown } | null)?.models;
  return (Array.isArray(models) ? models : []).flatMap(model => {
    const links = (model as { links?: unknown } | null)?.links;
    const self = (Array.isArray(links) ? links : []).find(
      link => link?.rel === 'self' && typeof link.href === 'string'
    );
    // Of an absolute link only the path counts: a module cannot send its caller, with a token, elsewhere.
    return self
      ? [withSlash(new URL(self.href, 'http://localhost').pathname)]
      : [];
  });
}

/** The arguments of predict as JSON Schema, without `accept`, and the media types it can answer with. */
export function predictSchema(
  swagger: unknown,
  modelPath: string
): { schema: IJsonSchema; accepts: string[] } {
  const found = operation(swagger, modelPath, 'predict');
  if (!found) {
    throw new DeepError(
      'not-found',
      `The module's API document has no predict route for ${modelPath}.`,
      { hint: `It has: ${modelPathsIn(swagger).join(', ') || 'none'}.` }
    );
  }
  return {
    schema: toSchema(found, swagger, 'accept'),
    accepts: acceptsOf(found)
  };
}

/** The arguments of train as JSON Schema; null when the module has no such route. */
export function trainSchema(
  swagger: unknown,
  modelPath: string
): IJsonSchema | null {
  const found = operation(swagger, modelPath, 'train');
  return found ? toSchema(found, swagger) : null;
}

function acceptsOf({ parameters = [], produces = [] }: IOperation): string[] {
  const accept = parameters.find(({ name }) => name === 'accept');
  const offered = (accept?.enum as string[] | undefined) ?? [];
  const first = accept?.default as string | undefined;
  const types = offered.length > 0 || !accept ? offered : produces;
  const ordered = [...new Set([...(first ? [first] : []), ...types])];
  const exact = ordered.filter(type => type !== '*/*');
  return exact.length > 0 ? exact : ['application/json'];
}

function toSchema(
  { parameters = [] }: IOperation,
  swagger: unknown,
  leftOut?: string
): IJsonSchema {
  const shown = parameters.filter(({ name }) => name !== leftOut);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    properties: Object.fromEntries(
      shown.map(parameter => [parameter.name, toProperty(parameter, swagger)])
    ),
    required: shown.filter(({ required }) => required).map(({ name }) => name),
    additionalProperties: false
  };
}

function toProperty(parameter: IParameter, swagger: unknown): IJsonSchema {
  if (parameter.type === 'file') {
    return fileProperty(parameter);
  }
  const reference = parameter.$ref ?? (parameter.schema as IJsonSchema)?.$ref;
  if (typeof reference === 'string') {
    const name = reference.replace('#/definitions/', '');
    const definition = (swagger as ISwagger).definitions?.[name];
    return { type: 'object', ...describedBy(parameter), ...definition };
  }
  return plainProperty(parameter);
}

const describedBy = ({ description }: IParameter): IJsonSchema =>
  typeof description === 'string' ? { description } : {};

/** By convention the description names the medium of a file. */
function fileProperty(parameter: IParameter): IJsonSchema {
  const words = String(parameter.description ?? '').toLowerCase();
  const medium = ['image', 'audio', 'video'].find(name => words.includes(name));
  return {
    type: 'string',
    format: 'file',
    ...describedBy(parameter),
    ...(medium ? { contentMediaType: `${medium}/*` } : {})
  };
}

function plainProperty(parameter: Record<string, unknown>): IJsonSchema {
  const property: IJsonSchema = {};
  for (const key of KEPT) {
    if (parameter[key] !== undefined && parameter[key] !== null) {
      property[key] = parameter[key];
    }
  }
  const format = FORMATS[String(parameter.format)];
  if (format) {
    property.format = format;
  }
  if (typeof parameter.items === 'object' && parameter.items) {
    property.items = plainProperty(parameter.items as Record<string, unknown>);
  }
  return property;
}
