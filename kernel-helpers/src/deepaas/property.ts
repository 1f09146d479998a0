import type { IJsonSchema } from './types';

const TYPES = ['string', 'number', 'integer', 'boolean', 'array', 'object'];

/** Formats of Swagger that say something beyond the type, by their JSON Schema names. */
const FORMATS: Record<string, string> = {
  url: 'uri',
  uri: 'uri',
  date: 'date',
  'date-time': 'date-time',
  email: 'email',
  uuid: 'uuid',
  password: 'password',
  path: 'path',
  'file-path': 'path',
  directory: 'path',
  'directory-path': 'path',
  folder: 'path',
  'uri-reference': 'path',
  dataset: 'dataset'
};

/** Of Swagger's own extensions, such as `x-data: true` or `x-kind: dataset`: words by which a text is the place of data. */
const DATA_HINT = /^(data|dataset|data-?(path|dir|directory|folder))$/i;

const isText = (value: unknown): boolean => typeof value === 'string';
const isCount = (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) >= 0;

/** Keywords that are kept, where their values are what JSON Schema allows: a checker refuses the whole schema for one that is not. */
const KEYWORDS: Record<string, (value: unknown) => boolean> = {
  title: isText,
  description: isText,
  default: value => value !== null,
  // Python writes Infinity for a range without end.
  minimum: Number.isFinite,
  maximum: Number.isFinite,
  multipleOf: value => Number.isFinite(value) && (value as number) > 0,
  minLength: isCount,
  maxLength: isCount,
  minItems: isCount,
  maxItems: isCount,
  uniqueItems: value => typeof value === 'boolean',
  pattern: isPattern
};

/** How deep descriptions of objects are followed, references included. */
const MAX_DEPTH = 12;
/** How many parts of objects are described in one document: few definitions that name each other can unfold to billions. */
const MAX_PARTS = 20_000;

type Source = Record<string, unknown>;

/**
 * Turns what a Swagger 2.0 document says of values into JSON Schema. References are put in where they stand, down to the first
 * that comes back to itself; below it anything is allowed, which the module then checks itself.
 */
export class PropertyReader {
  constructor(swagger: unknown) {
    const { definitions } = (swagger ?? {}) as { definitions?: Source };
    this._definitions = definitions ?? {};
  }

  /** The schema of one argument. `null` stands for “not given” there, so it says nothing of it. */
  argument(source: Source): IJsonSchema {
    const property = this._read(source, []);
    if (property.type !== 'string') {
      return property;
    }
    if (property.format === 'file') {
      return { ...property, ...mediumOf(source) };
    }
    const isBare = property.format === undefined || property.format === 'path';
    return isBare && saysData(source)
      ? { ...property, format: 'dataset' }
      : property;
  }

  private _read(source: Source, trail: readonly string[]): IJsonSchema {
    this._parts += 1;
    const { allOf, ...rest } = this._resolve(source, trail);
    const below = [...trail, referenceIn(source) ?? ''];
    const isDeep = below.length > MAX_DEPTH || this._parts > MAX_PARTS;
    const parts = (Array.isArray(allOf) && !isDeep ? allOf : [])
      .filter(isSource)
      .map(part => this._read(part, below));
    const own = { ...typeOf(rest), ...limitsOf(rest) };
    return merge([...parts, own, isDeep ? {} : this._inside(rest, below)]);
  }

  /** What a reference names, with what stands beside it. */
  private _resolve(source: Source, trail: readonly string[]): Source {
    const name = referenceIn(source);
    if (name === undefined) {
      return source;
    }
    const { $ref: _ref, ...beside } = source;
    const found = Object.hasOwn(this._definitions, name)
      ? this._definitions[name]
      : undefined;
    if (!isSource(found)) {
      return beside;
    }
    return trail.includes(name)
      ? { ...beside, type: found.type }
      : { ...found, ...beside };
  }

  private _inside(source: Source, trail: readonly string[]): IJsonSchema {
    const { items, properties, required, additionalProperties } = source;
    const inside: IJsonSchema = {};
    if (isSource(items)) {
      inside.items = this._item(items, trail);
    }
    if (isSource(properties)) {
      inside.properties = Object.fromEntries(
        Object.entries(properties)
          .filter((entry): entry is [string, Source] => isSource(entry[1]))
          .map(([name, value]) => [name, this._item(value, trail)])
      );
    }
    if (Array.isArray(required)) {
      inside.required = [...new Set(required.filter(isText))] as string[];
    }
    if (typeof additionalProperties === 'boolean') {
      inside.additionalProperties = additionalProperties;
    } else if (isSource(additionalProperties)) {
      inside.additionalProperties = this._item(additionalProperties, trail);
    }
    return inside;
  }

  /** A part of a list or an object, where `null` can be a value. */
  private _item(source: Source, trail: readonly string[]): IJsonSchema {
    const property = this._read(source, trail);
    return source['x-nullable'] === true
      ? { anyOf: [property, { type: 'null' }] }
      : property;
  }

  private readonly _definitions: Source;
  private _parts = 0;
}

export const isSource = (value: unknown): value is Source =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function referenceIn({ $ref }: Source): string | undefined {
  const name =
    typeof $ref === 'string' && /^#\/definitions\/(.+)$/.exec($ref)?.[1];
  return name ? name.replace(/~1/g, '/').replace(/~0/g, '~') : undefined;
}

/** A type that JSON does not have is left to the module. */
function typeOf({ type, format }: Source): IJsonSchema {
  if (type === 'file') {
    return { type: 'string', format: 'file' };
  }
  const known = [type].flat().filter(each => TYPES.includes(String(each)));
  const named = FORMATS[String(format)];
  return {
    ...(known.length === 1 ? { type: known[0] as string } : {}),
    ...(named && known[0] === 'string' ? { format: named } : {})
  };
}

function limitsOf(source: Source): IJsonSchema {
  const kept = Object.entries(KEYWORDS).filter(
    ([keyword, isGood]) =>
      source[keyword] !== undefined && isGood(source[keyword])
  );
  return {
    ...Object.fromEntries(kept.map(([keyword]) => [keyword, source[keyword]])),
    ...choicesOf(source),
    ...openEndsOf(source)
  };
}

function choicesOf({ enum: choices }: Source): IJsonSchema {
  const given = (Array.isArray(choices) ? choices : []).filter(
    choice => choice !== null
  );
  const distinct = [
    ...new Map(given.map(choice => [JSON.stringify(choice), choice])).values()
  ];
  return distinct.length > 0 ? { enum: distinct } : {};
}

/** Swagger 2.0 says by a switch that a limit itself is left out; draft 7 has the limit there. */
function openEndsOf(source: Source): IJsonSchema {
  const ends: [string, unknown, unknown][] = [
    ['exclusiveMinimum', source.exclusiveMinimum, source.minimum],
    ['exclusiveMaximum', source.exclusiveMaximum, source.maximum]
  ];
  return Object.fromEntries(
    ends
      .map(([keyword, given, limit]) => [
        keyword,
        given === true ? limit : given
      ])
      .filter(([, limit]) => Number.isFinite(limit))
  );
}

/** Python's regular expressions are not JavaScript's. */
function isPattern(value: unknown): boolean {
  try {
    return typeof value === 'string' && new RegExp(value, 'u') !== null;
  } catch {
    // The module checks it itself.
    return false;
  }
}

function merge(parts: IJsonSchema[]): IJsonSchema {
  const merged: IJsonSchema = Object.assign({}, ...parts);
  const properties = parts.flatMap(({ properties: own }) => own ?? []);
  const required = parts.flatMap(({ required: own }) => own ?? []);
  return {
    ...merged,
    ...(properties.length > 1
      ? { properties: Object.assign({}, ...properties) }
      : {}),
    ...(required.length > 0 ? { required: [...new Set(required)] } : {})
  };
}

const saysData = (source: Source): boolean =>
  Object.entries(source).some(([key, value]) => {
    const [, name] = /^x-(.+)$/.exec(key) ?? [];
    return (
      name !== undefined &&
      (value === true ? DATA_HINT.test(name) : DATA_HINT.test(String(value)))
    );
  });

/** By convention the description names the medium of a file. */
function mediumOf({ description }: Source): IJsonSchema {
  const words = String(description ?? '').toLowerCase();
  const medium = ['image', 'audio', 'video'].find(name => words.includes(name));
  return medium ? { contentMediaType: `${medium}/*` } : {};
}
