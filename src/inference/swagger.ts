import { shapeOf } from './swaggerShape';

/** An operation of a module's API, as a table shows it. */
export interface IOperation {
  method: string;
  path: string;
  summary: string;
  parameters: IParameter[];

  /** Media types of the answer; none where the document does not say. */
  produces: string[];
  responses: IResponse[];
}

export interface IResponse {
  status: string;
  description: string;

  /** What it is made of, in words of TypeScript; empty where the document does not say. */
  shape: string;
}

export interface IParameter {
  name: string;
  place: string;
  type: string;
  isRequired: boolean;
  fallback: string;
  limits: string;
  description: string;
}

type Json = Record<string, unknown>;

const METHODS = ['get', 'post', 'put', 'delete', 'patch'];

/** The operations of a Swagger 2 document; what is malformed in it is left out. */
export function readOperations(swagger: unknown): IOperation[] {
  const operations: IOperation[] = [];
  const definitions = asObject(asObject(swagger).definitions);
  for (const [path, item] of Object.entries(
    asObject(asObject(swagger).paths)
  )) {
    for (const method of METHODS) {
      const operation = asObject(item)[method];
      if (operation !== undefined) {
        operations.push(
          readOperation(path, method, asObject(operation), definitions)
        );
      }
    }
  }
  return operations;
}

function readOperation(
  path: string,
  method: string,
  operation: Json,
  definitions: Json
): IOperation {
  const { parameters, responses, summary, produces } = operation;
  const list = Array.isArray(parameters) ? parameters : [];
  return {
    method: method.toUpperCase(),
    path,
    summary: asText(summary),
    parameters: list.map(parameter =>
      readParameter(asObject(parameter), definitions)
    ),
    produces: (Array.isArray(produces) ? produces : []).map(String),
    responses: Object.entries(asObject(responses)).map(
      ([status, response]) => ({
        status,
        description: asText(asObject(response).description),
        shape: shapeOf(asObject(response).schema, definitions)
      })
    )
  };
}

function readParameter(parameter: Json, definitions: Json): IParameter {
  const { name, in: place, required, description } = parameter;
  return {
    name: asText(name),
    place: asText(place),
    type: typeOf(parameter, definitions),
    isRequired: required === true,
    fallback:
      parameter.default === undefined ? '' : JSON.stringify(parameter.default),
    limits: limitsOf(parameter),
    description: asText(description)
  };
}

/** Choices stand beside it, among the limits. */
function typeOf(parameter: Json, definitions: Json): string {
  const { enum: _choices, schema, ...rest } = parameter;
  const format = asText(parameter.format);
  const shape = shapeOf(schema ?? rest, definitions);
  return format && shape ? `${shape} (${format})` : shape;
}

function limitsOf({ minimum, maximum, enum: choices }: Json): string {
  if (Array.isArray(choices)) {
    return choices.map(choice => JSON.stringify(choice)).join(' | ');
  }
  return [
    minimum === undefined ? '' : `≥ ${String(minimum)}`,
    maximum === undefined ? '' : `≤ ${String(maximum)}`
  ]
    .filter(limit => limit !== '')
    .join(', ');
}

function asObject(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
