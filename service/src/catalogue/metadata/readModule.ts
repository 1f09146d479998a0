import { DeepError, MetadataProblem, Module } from '@jupyterlab-deep/protocol';
import { decodeText } from './decode';
import { plainLine } from './clean';
import { excessOf, IParsed, parseJson, parseYaml } from './parse';
import { MetadataSchemas } from './metadataSchemas';
import { describeFirst } from './version1';
import { describeSecond } from './version2';

/** Which module a file describes, and where it was found. */
export interface IModuleFile {
  source: string;
  sourceTitle: string;
  name: string;
  /** Of the file, for people to look at. */
  url?: string;
  /** `ai4-metadata.yml`, `metadata.json`: for messages. */
  file: string;
}

/** A module without a word about it. */
export function bareModule({
  source,
  sourceTitle,
  name,
  url
}: Omit<IModuleFile, 'file'>): Module {
  const id = `${source}/${name}`;
  return {
    id,
    source,
    name,
    title: name,
    summary: '',
    description: '',
    version: '',
    licence: '',
    capabilities: [],
    tasks: [],
    libraries: [],
    dataTypes: [],
    tags: [],
    input: '',
    output: '',
    links: {},
    runtime: 'container',
    examples: [],
    problems: [],
    broken: false,
    origins: [{ source, id, title: sourceTitle, ...(url && { url }) }]
  };
}

/** A module that cannot be used, and why. */
export const brokenModule = (
  about: Omit<IModuleFile, 'file'>,
  problem: MetadataProblem
): Module => ({ ...bareModule(about), broken: true, problems: [problem] });

/** Reads what describes a module, in whatever state it is. Nothing is thrown: what is wrong is in `problems`. */
export class ModuleReader {
  constructor(private readonly _schemas: MetadataSchemas) {}

  /** A file of either version. */
  async read(about: IModuleFile, bytes: Uint8Array): Promise<Module> {
    let text: string;
    try {
      text = decodeText(bytes);
    } catch (error) {
      const { detail } = error as DeepError;
      return brokenModule(about, { message: `${about.file}: ${detail}` });
    }
    const parsed = about.file.endsWith('.json')
      ? parseJson(text)
      : await parseYaml(text);
    if ('problem' in parsed) {
      const { message, line } = parsed.problem;
      return brokenModule(about, {
        message: `${about.file}: ${message}`,
        line
      });
    }
    return this.describe(about, parsed);
  }

  /** What was parsed already; its shape says which version it is, for the number that it names is often wrong. */
  async describe(about: IModuleFile, parsed: IParsed): Promise<Module> {
    const { value } = parsed;
    const excess = excessOf(value);
    if (excess) {
      return brokenModule(about, { message: `${about.file}: ${excess}` });
    }
    const isSecond = hasSecondShape(value, about.file);
    const described = isSecond
      ? await describeSecond(value, about.name)
      : await describeFirst(value, about.name);
    const problems = isSecond
      ? await this._schemas.checkSecond(parsed)
      : await this._schemas.checkFirst(parsed);
    const module = {
      ...bareModule(about),
      ...withoutUndefined(described),
      problems: [...(parsed.problems ?? []), ...problems, ...described.problems]
    };
    return described.title
      ? module
      : { ...module, broken: true, problems: [untitled(about), ...problems] };
  }

  /** The platform's API puts the reason into the description of a placeholder. */
  async describeAnswer(
    about: IModuleFile,
    value: Record<string, unknown>
  ): Promise<Module> {
    const { tags } = value;
    if (Array.isArray(tags) && tags.includes('invalid metadata')) {
      const says = plainLine(value.description) || 'it gives no reason';
      return brokenModule(about, {
        message: `The platform cannot read its metadata: ${says}`
      });
    }
    return this.describe(about, { value, lineOf: () => undefined });
  }
}

const FIRST_KEYS = ['keywords', 'sources', 'date_creation', 'license', 'tosca'];
const SECOND_KEYS = ['links', 'categories', 'tags', 'tasks', 'libraries'];

/** Which version has more of these keys; where that says nothing, the one that the file's name belongs to. */
export function hasSecondShape(value: object, file: string): boolean {
  const count = (keys: string[]): number =>
    keys.filter(key => Object.hasOwn(value, key)).length;
  const lead = count(SECOND_KEYS) - count(FIRST_KEYS);
  return lead === 0 ? !file.endsWith('.json') : lead > 0;
}

const untitled = ({ file }: IModuleFile): MetadataProblem => ({
  key: 'title',
  message: `${file} gives the module no title, so nobody could tell what it is.`
});

/** What is not said does not hide what is known. */
const withoutUndefined = <T extends object>(value: T): T =>
  Object.fromEntries(
    Object.entries(value).filter(([, each]) => each !== undefined)
  ) as T;
