import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { DeepError, EnvironmentDevice } from '@jupyterlab-deep/protocol';

const FILE = 'environment.json';

/** What of a lock fits a kind of machine: written by scripts/lock-environments.mjs. */
const Figures = Type.Object({
  pythons: Type.Array(Type.String()),
  packages: Type.Integer({ minimum: 1 }),
  downloadBytes: Type.Integer({ minimum: 0 }),
  versions: Type.Record(Type.String(), Type.String()),
  installedBytes: Type.Optional(Type.Integer({ minimum: 0 })),
  seconds: Type.Optional(Type.Integer({ minimum: 0 }))
});
export type Figures = Static<typeof Figures>;

const About = Type.Object({
  name: Type.String({ pattern: '^[a-z][a-z0-9-]{0,40}$' }),
  title: Type.String({ minLength: 1, maxLength: 80 }),
  summary: Type.String({ maxLength: 400 }),
  variants: Type.Partial(
    Type.Record(EnvironmentDevice, Type.Record(Type.String(), Figures))
  )
});

export type Definition = Static<typeof About> & {
  folder: string;
  /** Why it cannot be used, for people; its other fields are guesses then. */
  broken?: string;
};

/** A list of packages, each with one version and the hashes that its files may have. */
export interface IEnvironmentLock {
  /** One for each package, with its hashes. */
  entries: string[];
  hash: string;
}

/** The environments that come along, and those of further folders. */
export async function readDefinitions(
  folders: readonly string[]
): Promise<Definition[]> {
  const known = new Map<string, Definition>();
  for (const parent of folders) {
    for (const name of (await readdir(parent).catch(() => [])).sort()) {
      const definition = await readDefinition(path.join(parent, name));
      if (definition && !known.has(definition.name)) {
        known.set(definition.name, definition);
      }
    }
  }
  return [...known.values()];
}

/** Undefined where the folder is none. */
async function readDefinition(folder: string): Promise<Definition | undefined> {
  let text: string;
  try {
    text = await readFile(path.join(folder, FILE), 'utf8');
  } catch {
    // Images for containers lie beside environments.
    return undefined;
  }
  const name = path.basename(folder);
  try {
    const about: unknown = JSON.parse(text);
    if (Value.Check(About, about) && about.name === name) {
      return { ...about, folder };
    }
    const [error] = [...Value.Errors(About, about)];
    throw new Error(
      error ? `${error.path || '/'}: ${error.message}` : `it is not of ${name}`
    );
  } catch (error) {
    const broken = `Its description, ${path.join(folder, FILE)}, is damaged: ${(error as Error).message}.`;
    return { name, title: name, summary: '', variants: {}, folder, broken };
  }
}

/**
 * The lock of a variant.
 *
 * @throws DeepError `environment-failed` when it is not there, or not a list of packages with hashes.
 */
export async function readEnvironmentLock(
  definition: Definition,
  device: EnvironmentDevice
): Promise<IEnvironmentLock> {
  const file = path.join(definition.folder, `${device}.txt`);
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw brokenLock(definition, file, error.message);
  });
  const entries = entriesOf(text);
  const odd = entries.find(entry => !ENTRY.test(entry));
  if (entries.length === 0 || odd !== undefined) {
    const said = odd?.split('\n')[0] ?? 'it is empty';
    throw brokenLock(definition, file, `no package with its hashes: ${said}`);
  }
  return {
    entries,
    hash: createHash('sha256').update(text).digest('hex').slice(0, 16)
  };
}

/** `name==version`, perhaps for some machines only, and at least one hash: no address, no option, no other file. */
const ENTRY =
  /^[A-Za-z0-9][\w.-]*(\[[\w,-]+\])?==[\w.+!]+( ; [^\\#\n]+)?( \\\n {4}--hash=sha256:[0-9a-f]{64})+$/;

/** A line that is not indented begins a package. */
export const entriesOf = (text: string): string[] =>
  text
    .split(/\n(?=\S)/)
    .map(entry => entry.trimEnd())
    .filter(entry => entry !== '' && !entry.startsWith('#'));

const brokenLock = (
  { title }: Definition,
  file: string,
  reason: string
): DeepError =>
  new DeepError(
    'environment-failed',
    `The list of packages of ${title}, ${file}, cannot be used: ${reason}.`,
    { hint: 'Install jupyterlab-deep again, or tell whoever wrote this list.' }
  );
