import { ErrorObject } from 'ajv';

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

const TYPES: Record<string, string> = {
  string: 'a text',
  array: 'a list',
  object: 'a group of keys',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false'
};

const FORMATS: Record<string, string> = {
  uri: 'a web address',
  'uri-reference': 'a web address',
  date: 'a date such as 2024-12-31'
};

/** A rule that metadata break, for the person who mends them, and the place that it speaks of. */
export function sayOf(
  error: ErrorObject,
  root: unknown
): { path: string[]; message: string } {
  const place = error.instancePath
    .split('/')
    .slice(1)
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const value = place.reduce<unknown>(
    (inner, part) => (inner as Record<string, unknown> | undefined)?.[part],
    root
  );
  return error.keyword === 'required'
    ? {
        path: [...place, error.params.missingProperty as string],
        message: 'It is missing.'
      }
    : { path: place, message: messageOf(error, value) };
}

function messageOf(
  { keyword, params, message }: ErrorObject,
  value: unknown
): string {
  switch (keyword) {
    case 'type':
      return `It must be ${TYPES[params.type as string] ?? params.type}, and is ${shown(value)}.`;
    case 'enum':
      return `${shown(value)} is not one of ${(params.allowedValues as unknown[]).join(', ')}.`;
    case 'format':
      return `${shown(value)} is not ${FORMATS[params.format as string] ?? `of the form ${params.format}`}.`;
    case 'uniqueItems':
      return 'A value stands in it twice.';
    case 'not':
      return 'Keys of version 1 (tosca, sources, dataset_url, cite_url, date_creation, keywords) are not allowed in version 2.';
    default:
      return `It ${message ?? 'breaks a rule'}.`;
  }
}
