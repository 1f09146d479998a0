import {
  DeepError,
  MetadataCheck,
  MetadataEdit,
  MetadataFinding,
  MetadataMigration,
  MetadataProblem,
  MetadataText,
  MetadataVocabularies
} from '@jupyterlab-deep/protocol';
import { SPDX } from '../catalogue/metadata/licence';
import { MetadataSchemas } from '../catalogue/metadata/metadataSchemas';
import { ownFindings } from './ownChecks';
import { isReadable, readText } from './read';

/** What an editor of metadata asks: whether they are right, by which words, and what version 1 becomes. */
export class Metadata {
  constructor(private readonly _schemas: MetadataSchemas) {}

  async check(text: string): Promise<MetadataCheck> {
    const newest = await this._schemas.newest();
    const read = await readText(text);
    if (!isReadable(read)) {
      return { newest, problems: [asError(read)] };
    }
    const { version, value, problems = [] } = read;
    const found =
      version === 2
        ? await this._schemas.checkSecond(read)
        : await this._schemas.checkFirst(read);
    return {
      version,
      schema:
        version === 2
          ? await this._schemas.schemaOf(value.metadata_version)
          : '1.0.0',
      newest,
      problems: [
        ...problems.map(asNote),
        ...found.map(asError),
        ...(version === 2 ? ownFindings(read, newest) : [])
      ],
      values: value
    };
  }

  async vocabularies(): Promise<MetadataVocabularies> {
    const schema = (await this._schemas.newestSchema()) as ISchema;
    const lists = Object.entries(schema.properties).flatMap(
      ([key, { items }]) => (items?.enum ? [[key, items.enum] as const] : [])
    );
    const resources = schema.definitions?.['resource-configuration'];
    return {
      lists: Object.fromEntries(lists),
      links: Object.keys(schema.properties.links.properties ?? {}),
      resources: Object.keys(resources?.properties ?? {}),
      licences: [...SPDX]
    };
  }

  /** Version 1 as version 2; an older version 2 as the newest. */
  async migrate(text: string): Promise<MetadataMigration> {
    const read = await readText(text);
    if (!isReadable(read)) {
      throw unreadable(read);
    }
    const newest = await this._schemas.newest();
    if (read.version === 1) {
      const { migrateFirst } = await import('./migrate');
      return migrateFirst(text, read, newest);
    }
    const { renew } = await import('./renew');
    return renew(text, read, newest);
  }

  /** The same text with another value at a place. */
  async edit({ text, path, value }: MetadataEdit): Promise<MetadataText> {
    const read = await readText(text);
    if (!isReadable(read)) {
      throw unreadable(read);
    }
    // YAML's library is loaded once somebody writes.
    const { editText } = await import('./edit');
    return { text: editText(text, path, value ?? null) };
  }
}

/** As much of the platform's schemas as is read for its words. */
interface ISchema {
  properties: Record<
    string,
    { items?: { enum?: string[] }; properties?: Record<string, unknown> }
  >;
  definitions?: Record<string, { properties?: Record<string, unknown> }>;
}

const asError = (problem: MetadataProblem): MetadataFinding => ({
  ...problem,
  severity: 'error'
});

const asNote = (problem: MetadataProblem): MetadataFinding => ({
  ...problem,
  severity: 'note'
});

/** Nothing can be done with it before it is mended by hand. */
function unreadable({ message, line }: MetadataProblem): DeepError {
  const where = line === undefined ? '' : ` Line ${line}:`;
  return new DeepError(
    'invalid-request',
    `The text cannot be read.${where} ${message}`,
    { hint: 'Mend it in the text first.' }
  );
}
