import { Module } from '@jupyterlab-deep/protocol';
import { inWords, isSecretName } from '../shapes';
import { constraintsOf } from './constraints';
import { ITemplate, IToscaInput } from './template';

/** JSON Schema (draft 7) of one thing that can be chosen. */
export type Schema = Record<string, unknown>;

/** Names that templates give to the input for the module's image. */
const IMAGES = ['docker_image', 'dockerhub_img', 'docker_img', 'image'];
/** Filled by us: the command that fetches and serves a model folder. */
export const START_COMMAND = 'start_command';

const SIZE_UNITS = '([kKMGT]i?)?B';
const TYPES: Record<string, Schema> = {
  string: { type: 'string' },
  integer: { type: 'integer' },
  float: { type: 'number' },
  boolean: { type: 'boolean' },
  version: { type: 'string' },
  timestamp: { type: 'string' },
  range: { type: 'array', items: { type: 'number' }, maxItems: 2 },
  list: { type: 'array' },
  map: { type: 'object' },
  'scalar-unit.size': {
    type: 'string',
    pattern: `^[0-9]+(\\.[0-9]+)?\\s*${SIZE_UNITS}$`
  },
  'scalar-unit.time': {
    type: 'string',
    pattern: '^[0-9]+(\\.[0-9]+)?\\s*(d|h|m|s|ms|us|ns)$'
  },
  'scalar-unit.frequency': {
    type: 'string',
    pattern: '^[0-9]+(\\.[0-9]+)?\\s*[kMG]?Hz$'
  }
};

/** The input for the image; undefined where the template has its own image. */
export const imageInputOf = ({ inputs }: ITemplate): string | undefined =>
  IMAGES.find(name => name in inputs);

/** Whether a template can fetch and serve a model folder. */
export const takesModelFolder = ({ inputs }: ITemplate): boolean =>
  inputs[START_COMMAND]?.type === 'list';

/** What a template asks for. */
export interface ITemplateForm {
  properties: Record<string, Schema>;
  required: string[];
  /** For people: secrets that everybody knows. */
  warnings: string[];
  /** Inputs that no form can ask for, although they must be given. */
  unaskable: string[];
}

/** The inputs of a template as JSON Schema, the image filled in. */
export function formOf(template: ITemplate, module: Module): ITemplateForm {
  const image = imageInputOf(template);
  const asked = Object.entries(template.inputs).filter(
    ([name]) => name !== START_COMMAND
  );
  const mustBeGiven = asked
    .filter(([name, input]) => isRequired(input) && name !== image)
    .map(([name]) => name);
  const properties = Object.fromEntries(
    asked
      .filter(([, { type }]) => type in TYPES)
      .map(([name, input]) => [name, schemaOf(name, input)])
  );
  if (image !== undefined && module.image) {
    properties[image] = { ...properties[image], default: module.image };
  }
  return {
    properties,
    required: [
      ...(image === undefined ? [] : [image]),
      ...mustBeGiven.filter(name => name in properties)
    ],
    warnings: asked.flatMap(each => knownSecret(...each)),
    unaskable: mustBeGiven.filter(name => !(name in properties))
  };
}

const isRequired = (input: IToscaInput): boolean =>
  input.required !== false &&
  (input.default === undefined || input.default === null);

function schemaOf(name: string, input: IToscaInput): Schema {
  const isSecret = isSecretName(name) && input.type === 'string';
  const entry = TYPES[input.entry_schema?.type ?? 'string'] ?? TYPES.string;
  return {
    title: inWords(name),
    ...(input.description && { description: String(input.description).trim() }),
    ...TYPES[input.type],
    ...(input.type === 'list' && { items: entry }),
    ...(input.type === 'map' && { additionalProperties: entry }),
    ...constraintsOf(input),
    ...(isSecret ? { format: 'password' } : defaultOf(input))
  };
}

/** A version is written as a number, and meant as a text. */
function defaultOf({ default: value, type }: IToscaInput): Schema {
  if (value === undefined || value === null) {
    return {};
  }
  const isText = TYPES[type]?.type === 'string';
  return { default: isText ? String(value) : value };
}

function knownSecret(name: string, input: IToscaInput): string[] {
  const isKnown =
    isSecretName(name) &&
    typeof input.default === 'string' &&
    input.default !== '';
  return isKnown
    ? [`Choose your own ${inWords(name)}: the one of the template is public.`]
    : [];
}

/** The values of a template's inputs among the options; others are of no interest to it. */
export function valuesOf(
  template: ITemplate,
  options: Record<string, unknown>,
  module: Module
): Record<string, unknown> {
  const image = imageInputOf(template);
  const given = Object.entries(options).filter(
    ([name, value]) =>
      name in template.inputs && name !== START_COMMAND && value !== undefined
  );
  return {
    ...(image !== undefined && module.image && { [image]: module.image }),
    ...Object.fromEntries(given)
  };
}

/** Values that nobody may see, of a text that the Infrastructure Manager keeps. */
export const secretsOf = ({ inputs }: ITemplate): string[] =>
  Object.entries(inputs).flatMap(([name, { default: value }]) =>
    isSecretName(name) && typeof value === 'string' && value !== ''
      ? [value]
      : []
  );
