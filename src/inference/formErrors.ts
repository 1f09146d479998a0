import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import type { ErrorSchema, RJSFSchema, RJSFValidationError } from '@rjsf/utils';
import { customizeValidator } from '@rjsf/validator-ajv8';
import type { IFormPlan } from './formSchema';

/** Checks values against the schema of a form. */
export const validator = customizeValidator<ReadonlyJSONObject>();

/** What is wrong, by argument. */
export type FieldErrors = Record<string, string[]>;

/** Check the values against the module's own schema. */
export function checkValues(
  plan: IFormPlan,
  values: Record<string, unknown>,
  trans: TranslationBundle
): FieldErrors {
  const { errors } = validator.validateFormData(
    values as ReadonlyJSONObject,
    plan.schema
  );
  const found: FieldErrors = {};
  for (const error of errors) {
    const argument = argumentOf(error, plan.schema);
    // Only the first complaint: the others usually follow from it.
    found[argument] ??= [sentence(error, plan.files.includes(argument), trans)];
  }
  return found;
}

/** In the shape that the form takes; parts of an argument are named with dots. */
export function asErrorSchema(errors: FieldErrors): ErrorSchema {
  const whole: IErrors = {};
  for (const [name, messages] of Object.entries(errors)) {
    let place = whole;
    for (const part of name.split('.')) {
      place = (place[part] ??= {}) as IErrors;
    }
    place.__errors = messages;
  }
  return whole as ErrorSchema;
}

interface IErrors {
  [part: string]: IErrors | string[];
}

/** Whether something is wrong with an argument, or a part of it. */
export const hasError = (errors: FieldErrors, argument: string): boolean =>
  Object.keys(errors).some(name => name.split('.')[0] === argument);

/** The deepest part that has a field of its own: `general.title`. */
function argumentOf(
  { params, property }: RJSFValidationError,
  schema: RJSFSchema
): string {
  const path = property ?? String(params.missingProperty ?? '');
  const [first, ...rest] = path.replace(/^\./, '').split(/[.[]/);
  const parts = [first];
  let place = schema.properties?.[first];
  for (const part of rest) {
    if (typeof place !== 'object' || !place.properties?.[part]) {
      break;
    }
    parts.push(part);
    place = place.properties[part];
  }
  return parts.join('.');
}

function sentence(
  { name, params, message }: RJSFValidationError,
  isFile: boolean,
  trans: TranslationBundle
): string {
  switch (name) {
    case 'required':
      return isFile ? trans.__('Choose a file.') : trans.__('Give a value.');
    case 'minimum':
      return trans.__('It must be at least %1.', params.limit);
    case 'maximum':
      return trans.__('It must be at most %1.', params.limit);
    case 'type':
      return typeSentence(params.type as string, trans);
    case 'enum':
      return trans.__(
        'Choose one of: %1.',
        (params.allowedValues as unknown[]).join(', ')
      );
    default:
      return message ?? trans.__('This value is not accepted.');
  }
}

function typeSentence(type: string, trans: TranslationBundle): string {
  switch (type) {
    case 'integer':
      return trans.__('It must be a whole number.');
    case 'number':
      return trans.__('It must be a number.');
    case 'object':
      return trans.__('It must be JSON with names and values: {"name": 1}.');
    case 'array':
      return trans.__('It must be a list in JSON: [1, 2].');
    default:
      return trans.__('It must be of type %1.', type);
  }
}
