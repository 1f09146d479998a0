import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'smol-toml';
import { shortHash } from './origin';

/** The group by which DEEPaaS finds modules. */
export const ENTRY_POINTS = 'deepaas.v2.model';

/** Files that say what a Python project is and needs. */
const PROJECT_FILES = [
  'pyproject.toml',
  'setup.cfg',
  'setup.py',
  'requirements.txt'
];
const MAX_FILE_CHARACTERS = 1_000_000;

/** A Python project as its files declare it; none of its code was run. */
export interface IPythonProject {
  name: string;
  version: string;
  summary: string;
  /** As its people wrote it; empty where they did not, or named a file only. */
  licence: string;
  /** Names of people. */
  authors: string[];
  /** Names in the group `deepaas.v2.model`. */
  entryPoints: string[];
  /** As far as they are written down. */
  requirements: string[];
  /** Only its own code knows what it requires. */
  isDynamic: boolean;
  /** Changes with what is declared, not with the code. */
  digest: string;
}

type Table = Record<string, unknown>;

/**
 * Read a folder as a Python project; undefined where it is none.
 *
 * @throws Error naming the file that cannot be read.
 */
export async function readProject(
  folder: string
): Promise<IPythonProject | undefined> {
  const texts = await Promise.all(
    PROJECT_FILES.map(name => readText(path.join(folder, name)))
  );
  const [pyproject, setupCfg, setupPy, requirements] = texts;
  if (pyproject === undefined && setupCfg === undefined && !setupPy) {
    return undefined;
  }
  const table = tomlOf(pyproject);
  const config = readConfig(setupCfg ?? '');
  const project = table.project as Table | undefined;
  const isStatic =
    Array.isArray(project?.dependencies) &&
    !listOf(project?.dynamic).includes('dependencies');
  return {
    name: textOf(project?.name) || config['metadata.name'] || '',
    version: textOf(project?.version) || config['metadata.version'] || '',
    summary: textOf(project?.description) || config['metadata.summary'] || '',
    licence: licenceOf(project) || config['metadata.license'] || '',
    authors: authorsOf(project, config),
    entryPoints: entryPointsOf(project, config, setupPy ?? ''),
    requirements: isStatic
      ? listOf(project?.dependencies)
      : [
          ...lines(config['options.install_requires'] ?? ''),
          ...lines(requirements ?? '')
        ],
    isDynamic: !isStatic,
    digest: shortHash(...texts.map(text => text ?? ''))
  };
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).slice(0, MAX_FILE_CHARACTERS);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

function tomlOf(text: string | undefined): Table {
  try {
    return text === undefined ? {} : parse(text);
  } catch (error) {
    const [reason] = (error as Error).message.split('\n');
    throw new Error(`pyproject.toml cannot be read: ${reason}`, {
      cause: error
    });
  }
}

/** A text, or the table that older projects write. */
const licenceOf = (project: Table | undefined): string =>
  textOf(project?.license) ||
  textOf((project?.license as Table | undefined)?.text);

function authorsOf(
  project: Table | undefined,
  config: Record<string, string>
): string[] {
  const named = Array.isArray(project?.authors) ? project.authors : [];
  const names = named.map(each => textOf((each as Table | null)?.name));
  return [...names, config['metadata.author'] ?? ''].filter(Boolean);
}

function entryPointsOf(
  project: Table | undefined,
  config: Record<string, string>,
  setupPy: string
): string[] {
  const groups = project?.['entry-points'] as Table | undefined;
  const declared = Object.keys((groups?.[ENTRY_POINTS] as Table) ?? {});
  const configured = lines(
    config[`options.entry_points.${ENTRY_POINTS}`] ??
      config[`entry_points.${ENTRY_POINTS}`] ??
      ''
  ).map(nameBefore);
  const written = setupPy.split(ENTRY_POINTS)[1] ?? '';
  const [, inCode] = /['"]\s*([\w.-]+)\s*=/.exec(written) ?? [];
  return [
    ...new Set([...declared, ...configured, ...(inCode ? [inCode] : [])])
  ];
}

/** Names of an `entry_points.txt` in a group. */
export const entryPointsIn = (text: string): string[] =>
  readSections(text)
    .filter(({ section }) => section === ENTRY_POINTS)
    .map(({ key }) => key);

const nameBefore = (line: string): string => line.split('=')[0].trim();

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : '';

const listOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter(item => typeof item === 'string') : [];

/** Requirements, one a line; options of pip are not among them. */
const lines = (text: string): string[] =>
  text
    .split('\n')
    .map(line => line.replace(/(^|\s)#.*/, '').trim())
    .filter(line => line !== '' && !line.startsWith('-'));

/** Values of an INI file by `section.key`; values of several lines are joined by line ends. */
function readConfig(text: string): Record<string, string> {
  return Object.fromEntries(
    readSections(text).map(({ section, key, value }) => [
      `${section}.${key}`,
      value
    ])
  );
}

function readSections(
  text: string
): { section: string; key: string; value: string }[] {
  const found: { section: string; key: string; value: string }[] = [];
  let section = '';
  for (const line of text.split('\n')) {
    const [, heading] = /^\[(.+)\]\s*$/.exec(line) ?? [];
    const [, key, value] = /^([^\s#;=:][^=:]*)[=:](.*)$/.exec(line) ?? [];
    if (heading) {
      section = heading.trim();
    } else if (key) {
      found.push({ section, key: key.trim(), value: value.trim() });
    } else if (/^\s+\S/.test(line) && found.length > 0) {
      found[found.length - 1].value += `\n${line.trim()}`;
    }
  }
  return found;
}
