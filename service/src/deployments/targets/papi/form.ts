import { inWords, isRecord, isSecretName } from '../shapes';

export type Schema = Record<string, unknown>;

/** What a module's own configuration offers. */
export interface IForm {
  /** An object for each group. */
  properties: Record<string, Schema>;
  /** For people: what its author or the platform warns of. */
  warnings: string[];
}

/** Ours: it tells the deployment when it is looked for. */
const TITLE = 'title';
const WARNING = 'warning';
const STORAGE = 'storage';
const MAX_DESCRIPTION = 1000;
/** The platform checks these as whole numbers. */
const WHOLE = 'hardware';
const MIN_PASSWORD = 9;
const IDES = ['jupyter', 'vscode'];
/** What answers, and by which password. */
const OF_SERVICES = ['service', 'jupyter_password'];

/** What the form is for. */
export interface IFormUse {
  /** How long a title may be beside our mark. */
  titleLength: number;
  /** A linked storage can be given instead of typing its password. */
  hasStorage: boolean;
  /** A script is carried out: nothing answers. */
  isJob?: boolean;
}

/**
 * The platform's form of a module (`/config`: groups of `{name, value, description?, options?, range?}`) as JSON Schema. Whatever
 * groups and parameters it has are asked for; nothing is known of them beforehand.
 *
 * @param config As it was answered.
 */
export function formOf(config: unknown, use: IFormUse): IForm {
  const groups = isRecord(config) ? Object.entries(config) : [];
  const warnings: string[] = [];
  const properties: Record<string, Schema> = {};
  for (const [group, parameters] of groups) {
    const found = isRecord(parameters) ? Object.entries(parameters) : [];
    const asked = found.filter(
      ([name]) =>
        name !== WARNING &&
        !(use.hasStorage && isTyped(group, name)) &&
        !(use.isJob && OF_SERVICES.includes(name))
    );
    warnings.push(...found.filter(isWarning).flatMap(warningOf));
    const schemas = asked.flatMap(([name, parameter]) =>
      isRecord(parameter)
        ? [[name, schemaOf(group, name, parameter, use.titleLength)] as const]
        : []
    );
    if (schemas.length > 0) {
      properties[group] = {
        type: 'object',
        title: inWords(group),
        properties: Object.fromEntries(schemas),
        ...(group === 'general' && !use.isJob && passwordRule(parameters)),
        ...(group === STORAGE && use.isJob && !use.hasStorage && NEEDED)
      };
    }
  }
  return { properties, warnings };
}

/** Fields of a storage that is given by its link instead. */
const isTyped = (group: string, name: string): boolean =>
  group === STORAGE && name.startsWith('rclone');

const isWarning = ([name]: [string, unknown]): boolean => name === WARNING;

function warningOf([, parameter]: [string, unknown]): string[] {
  const value = isRecord(parameter) ? parameter.value : parameter;
  const words = typeof value === 'string' ? plain(value) : '';
  return words ? [words] : [];
}

function schemaOf(
  group: string,
  name: string,
  parameter: Record<string, unknown>,
  titleLength: number
): Schema {
  const { value, description, range } = parameter;
  const options = Array.isArray(parameter.options)
    ? parameter.options
    : undefined;
  const words = typeof description === 'string' ? plain(description) : '';
  return {
    title: typeof parameter.name === 'string' ? parameter.name : inWords(name),
    ...(words && { description: words }),
    ...kindOf(group, value, options),
    ...boundsOf(range),
    ...(isSecretName(name)
      ? { format: 'password' }
      : defaultOf(value, options)),
    ...(name === TITLE && { maxLength: titleLength }),
    ...(name === 'desc' && { maxLength: MAX_DESCRIPTION })
  };
}

function kindOf(
  group: string,
  value: unknown,
  options: unknown[] | undefined
): Schema {
  switch (typeof value) {
    case 'boolean':
      return { type: 'boolean' };
    case 'number':
      return {
        type: group === WHOLE ? 'integer' : 'number',
        ...(options && { enum: options })
      };
    case 'object':
      return Array.isArray(value) ? listOf(group, value, options) : {};
    default:
      return { type: 'string', ...(options && { enum: options }) };
  }
}

function listOf(
  group: string,
  value: unknown[],
  options: unknown[] | undefined
): Schema {
  if (options) {
    return { type: 'array', uniqueItems: true, items: { enum: options } };
  }
  // An empty list says nothing of what belongs into it; in storage these are data sets, of which people know the DOI.
  const isOfDatasets = group === STORAGE || value.some(isRecord);
  return {
    type: 'array',
    items: { type: 'string', ...(isOfDatasets && { title: 'DOI' }) }
  };
}

/** One end may be open. */
function boundsOf(range: unknown): Schema {
  const [minimum, maximum] = Array.isArray(range) ? range : [];
  return {
    ...(typeof minimum === 'number' && { minimum }),
    ...(typeof maximum === 'number' && { maximum })
  };
}

const defaultOf = (value: unknown, options: unknown[] | undefined): Schema =>
  value === null ||
  value === undefined ||
  (options && !Array.isArray(value) && !options.includes(value))
    ? {}
    : { default: value };

/** Of a storage that is typed, where there has to be one. */
const NEEDED: Schema = {
  required: ['rclone_url', 'rclone_user', 'rclone_password']
};

/** Jupyter and its like want a password of their own. */
function passwordRule(parameters: unknown): Schema {
  const known = isRecord(parameters) ? parameters : {};
  return 'jupyter_password' in known && 'service' in known
    ? {
        if: { properties: { service: { enum: IDES } }, required: ['service'] },
        then: {
          properties: {
            jupyter_password: { type: 'string', minLength: MIN_PASSWORD }
          },
          required: ['jupyter_password']
        }
      }
    : {};
}

const ENTITIES: Record<string, string> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&nbsp;': ' '
};

/** HTML as words. */
export const plain = (html: string): string =>
  html
    .replace(/<li[^>]*>/gi, ' • ')
    .replace(/<\/?(p|div|ul|ol|br|h\d)\b[^>]*>/gi, ' ')
    .replace(/<[^>]*>/g, '')
    .replace(
      /&[a-z#0-9]+;/gi,
      entity => ENTITIES[entity.toLowerCase()] ?? entity
    )
    .replace(/\s+/g, ' ')
    .trim();
