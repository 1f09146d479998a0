import { Ajv, ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { FastifySchemaValidationError } from 'fastify';
import { DeepError } from '@jupyterlab-deep/protocol';

/** Fastify calls it with each route's schemas, once a part of the request; each is compiled when it is first needed. */
export function makeValidatorCompiler(): (route: {
  schema: object;
  httpPart?: string;
}) => ValidateFunction {
  const body = makeAjv(false);
  // Everything in an address is text.
  const address = makeAjv('array');
  return ({ schema, httpPart }) => {
    const ajv = httpPart === 'body' ? body : address;
    const validate = (data: unknown): boolean => {
      const compiled = ajv.compile(schema);
      const isValid = compiled(data) as boolean;
      validate.errors = compiled.errors;
      return isValid;
    };
    validate.errors = undefined as ValidateFunction['errors'];
    return validate as ValidateFunction;
  };
}

function makeAjv(coerceTypes: false | 'array'): Ajv {
  const ajv = new Ajv({ allErrors: true, strict: false, coerceTypes });
  addFormats.default(ajv);
  return ajv;
}

/** What is wrong with a request, by the path of the value. */
export function inWords(
  errors: FastifySchemaValidationError[],
  part: string
): DeepError {
  const fields: Record<string, string[]> = {};
  const told = withoutBranches(errors);
  for (const error of told) {
    const place = placeOf(error);
    (fields[place] ??= []).push(sayOf(error));
  }
  const list = Object.entries(fields).map(
    ([place, says]) => `${place || part} ${says.join(', ')}`
  );
  return new DeepError(
    'invalid-request',
    `The request's ${part === 'querystring' ? 'query' : part} is not valid: ${list.join('; ')}.`,
    { fields, technical: JSON.stringify(told) }
  );
}

/** Where a choice fits none of its shapes, ajv reports why for every one of them: noise for a reader. */
function withoutBranches(
  errors: FastifySchemaValidationError[]
): FastifySchemaValidationError[] {
  const choices = errors.filter(({ keyword }) => keyword === 'anyOf');
  return errors.filter(
    error =>
      error.keyword === 'anyOf' ||
      !choices.some(({ schemaPath }) => error.schemaPath.startsWith(schemaPath))
  );
}

const placeOf = ({ instancePath, params }: FastifySchemaValidationError) =>
  [
    ...instancePath.split('/').slice(1),
    params.missingProperty ?? params.additionalProperty
  ]
    .filter(part => part !== undefined)
    .join('.');

function sayOf({
  keyword,
  params,
  message
}: FastifySchemaValidationError): string {
  switch (keyword) {
    case 'required':
      return 'is missing';
    case 'additionalProperties':
      return 'is not known here';
    case 'anyOf':
      return 'has none of the shapes that are allowed';
    case 'enum':
      return `must be one of ${(params.allowedValues as unknown[]).join(', ')}`;
    default:
      return message ?? keyword;
  }
}
