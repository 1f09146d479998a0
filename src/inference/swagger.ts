/** An operation of a module's API, as a table shows it. */
export interface IOperation {
  method: string;
  path: string;
  summary: string;
  parameters: IParameter[];
  responses: Array<{ status: string; description: string }>;
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
  for (const [path, item] of Object.entries(
    asObject(asObject(swagger).paths)
  )) {
    for (const method of METHODS) {
      const operation = asObject(item)[method];
      if (operation !== undefined) {
        operations.push(readOperation(path, method, asObject(operation)));
      }
    }
  }
  return operations;
}

function readOperation(
  path: string,
  method: string,
  operation: Json
): IOperation {
  const { parameters, responses, summary } = operation;
  const list = Array.isArray(parameters) ? parameters : [];
  return {
    method: method.toUpperCase(),
    path,
    summary: asText(summary),
    parameters: list.map(parameter => readParameter(asObject(parameter))),
    responses: Object.entries(asObject(responses)).map(
      ([status, response]) => ({
        status,
        description: asText(asObject(response).description)
      })
    )
  };
}

function readParameter(parameter: Json): IParameter {
  const { name, in: place, required, description } = parameter;
  return {
    name: asText(name),
    place: asText(place),
    type: typeOf(parameter),
    isRequired: required === true,
    fallback:
      parameter.default === undefined ? '' : JSON.stringify(parameter.default),
    limits: limitsOf(parameter),
    description: asText(description)
  };
}

function typeOf(parameter: Json): string {
  const type = asText(parameter.type);
  return type === 'array'
    ? `${asText(asObject(parameter.items).type)}[]`
    : type;
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
