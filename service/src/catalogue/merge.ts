import { MetadataProblem, Module, SourceKind } from '@jupyterlab-deep/protocol';
import { ICatalogueEntry } from './source';

/** What one source has. */
export interface ISourceEntries {
  kind: SourceKind;
  entries: readonly ICatalogueEntry[];
}

/** Folders hold what they hold, whatever a platform calls by the same name. */
const MERGED: ReadonlySet<SourceKind> = new Set([
  'papi',
  'git-index',
  'deep-index'
]);

/** DEEP writes `DEEP-OC-x` and `UC-owner-DEEP-OC-x`, AI4OS `ai4os-x` and `x`. */
const CATALOGUE_PREFIX = /^(uc-.+?-)?deep-oc-|^uc-[^-]+-|^ai4os-/;

const byName = ({ name }: Module): string =>
  `name:${name.toLowerCase().replaceAll('_', '-').replace(CATALOGUE_PREFIX, '')}`;

/** Modules changed their names between the catalogues, but kept their titles. */
const byTitle = ({ title }: Module): string =>
  `title:${title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()}`;

interface IGroup {
  members: ICatalogueEntry[];
  sources: Set<string>;
}

/**
 * One entry a module, however many sources have it. What an earlier source says counts, unless it is broken there; a later one fills
 * the gaps. A source has each module once: two of its own are never one.
 */
export function mergeEntries(sources: ISourceEntries[]): ICatalogueEntry[] {
  const groups: IGroup[] = [];
  const known = new Map<string, IGroup>();
  for (const { kind, entries } of sources) {
    for (const entry of entries) {
      const keys = MERGED.has(kind) ? keysOf(entry.module) : [];
      const group = findGroup(keys, known, entry) ?? begin(groups);
      group.members.push(entry);
      group.sources.add(entry.module.source);
      keys.forEach(key => known.has(key) || known.set(key, group));
    }
  }
  return groups.map(({ members }) => united(members));
}

const keysOf = (module: Module): string[] =>
  module.broken ? [byName(module)] : [byName(module), byTitle(module)];

function findGroup(
  keys: string[],
  known: Map<string, IGroup>,
  { module }: ICatalogueEntry
): IGroup | undefined {
  return keys
    .map(key => known.get(key))
    .find(group => group && !group.sources.has(module.source));
}

function begin(groups: IGroup[]): IGroup {
  const group = { members: [], sources: new Set<string>() };
  groups.push(group);
  return group;
}

/** What a module of another source may know that the first does not say. */
const GAPS = [
  'version',
  'licence',
  'image',
  'citation',
  'doi',
  'createdAt',
  'updatedAt'
] as const satisfies (keyof Module)[];

function united(members: ICatalogueEntry[]): ICatalogueEntry {
  const [first, ...others] = [
    ...members.filter(({ module }) => !module.broken),
    ...members.filter(({ module }) => module.broken)
  ];
  if (others.length === 0) {
    return first;
  }
  const module = { ...first.module };
  for (const other of others.map(entry => entry.module)) {
    for (const key of GAPS) {
      module[key] ||= other[key] as string;
    }
    module.links = { ...other.links, ...module.links };
  }
  module.origins = [first, ...others].flatMap(entry => entry.module.origins);
  module.problems = [
    ...module.problems,
    ...(module.broken ? [] : others.flatMap(brokenElsewhere))
  ];
  return { ...first, module };
}

/** What one source says well may be broken in another: whoever mends it must learn of it. */
const brokenElsewhere = ({ module }: ICatalogueEntry): MetadataProblem[] =>
  module.broken
    ? module.problems.map(problem => ({
        ...problem,
        message: `Broken in ${module.origins[0].title}: ${problem.message}`
      }))
    : [];
