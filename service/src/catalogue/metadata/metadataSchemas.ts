import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Ajv, ErrorObject, ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { MetadataProblem } from '@jupyterlab-deep/protocol';
import { sayOf } from './inWords';
import { IParsed } from './parse';

const FILE = /^ai4-apps-v(\d+\.\d+\.\d+)\.json$/;
/** Version 1 is the only one for JSON files. */
const FIRST = '1.0.0';

/** The JSON Schemas of the package `ai4-metadata`, which the platform itself checks by. */
export class MetadataSchemas {
  /** @param _folder Where the package's files `ai4-apps-v….json` lie. */
  constructor(private readonly _folder: string) {}

  /** What is wrong with metadata of version 1. */
  async checkFirst(parsed: IParsed): Promise<MetadataProblem[]> {
    return check(await this._validator(FIRST), parsed);
  }

  /** What is wrong with metadata of version 2, by the schema that they name, or the newest. */
  async checkSecond(parsed: IParsed): Promise<MetadataProblem[]> {
    const named = String(parsed.value.metadata_version ?? '');
    const known = await this._versions();
    const isKnown = known.includes(named) && named !== FIRST;
    const problems = check(
      await this._validator(isKnown ? named : known.at(-1)!),
      parsed
    );
    return isKnown ? problems : [...problems, ...mismatch(named, parsed)];
  }

  /** By which metadata of version 2 are checked, by the schema that they name. */
  async schemaOf(named: unknown): Promise<string> {
    const known = await this._versions();
    const isKnown = known.includes(String(named)) && named !== FIRST;
    return isKnown ? String(named) : known.at(-1)!;
  }

  /** The newest that is known. */
  async newest(): Promise<string> {
    return (await this._versions()).at(-1)!;
  }

  /** The newest schema itself, for its words. */
  async newestSchema(): Promise<unknown> {
    return JSON.parse(await readFile(this._file(await this.newest()), 'utf8'));
  }

  private _versions(): Promise<string[]> {
    return (this._listing ??= readdir(this._folder).then(names =>
      names
        .flatMap(name => FILE.exec(name)?.[1] ?? [])
        .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    ));
  }

  private _validator(version: string): Promise<ValidateFunction> {
    let found = this._validators.get(version);
    if (!found) {
      found = this._compile(version);
      this._validators.set(version, found);
    }
    return found;
  }

  private _file(version: string): string {
    return path.join(this._folder, `ai4-apps-v${version}.json`);
  }

  private async _compile(version: string): Promise<ValidateFunction> {
    // The name that they give the dialect, draft 2020-12, is not the one of its specification.
    const { $schema: _, ...schema } = JSON.parse(
      await readFile(this._file(version), 'utf8')
    );
    // As the platform's own check, which takes any text for an address or a date.
    const options = { allErrors: true, strict: false, validateFormats: false };
    const ajv = version === FIRST ? new Ajv(options) : new Ajv2020(options);
    return ajv.compile(schema);
  }

  private _listing?: Promise<string[]>;
  private readonly _validators = new Map<string, Promise<ValidateFunction>>();
}

function mismatch(named: string, { lineOf }: IParsed): MetadataProblem[] {
  return named === ''
    ? []
    : [
        {
          key: 'metadata_version',
          message: `It says ${named.slice(0, 20)}, but the file has the shape of version 2.`,
          line: lineOf(['metadata_version'])
        }
      ];
}

/** What is of the wrong kind is in no list of words either, and need not be told twice. */
function withoutEchoes(errors: ErrorObject[]): ErrorObject[] {
  const ofWrongKind = new Set(
    errors
      .filter(({ keyword }) => keyword === 'type')
      .map(({ instancePath }) => instancePath)
  );
  return errors
    .filter(
      ({ keyword, instancePath }) =>
        keyword !== 'enum' || !ofWrongKind.has(instancePath)
    )
    .slice(0, MAX_PROBLEMS);
}

/** Enough to mend a file; the next check shows the rest. */
const MAX_PROBLEMS = 50;

function check(
  validate: ValidateFunction,
  { value, lineOf }: IParsed
): MetadataProblem[] {
  if (validate(value)) {
    return [];
  }
  // Two rules may say the same of one place.
  const told = new Map<string, MetadataProblem>();
  for (const error of withoutEchoes(validate.errors ?? [])) {
    const { path: place, message } = sayOf(error, value);
    const key = place.join('.') || undefined;
    told.set(`${key} ${message}`, { key, message, line: lineOf(place) });
  }
  return [...told.values()];
}
