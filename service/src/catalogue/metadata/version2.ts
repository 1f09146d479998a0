import { Capability, MetadataProblem, Module } from '@jupyterlab-deep/protocol';
import { citationOf, bareDoi } from './citation';
import { cleanMarkdown, plainLine, plainList, webLinks } from './clean';
import { imageOf } from './image';
import { spdxOf } from './licence';

const CAPABILITIES: Record<string, Capability> = {
  'ai4 inference': 'inference',
  'ai4 trainable': 'trainable',
  'ai4 pre trained': 'pre-trained',
  'ai4 tools': 'tool'
};

type Values = Record<string, unknown>;
/** What metadata say of a module. */
export type Described = Partial<Module> & { problems: MetadataProblem[] };

/** Metadata of version 2, `ai4-metadata.yml`, and what the platform's API makes of them. */
export async function describeSecond(
  value: Values,
  name: string
): Promise<Described> {
  const { links, refused } = webLinks(value.links);
  const image = imageOf((value.links as Values | undefined)?.docker_image);
  const dataTypes = plainList(value['data-type']);
  const dates = (value.dates ?? {}) as Values;
  const title = plainLine(value.title);
  const createdAt = dayOf(dates.created);
  const doi = bareDoi(plainLine(value.doi));
  return {
    ...(title && { title }),
    summary: plainLine(value.summary),
    description: await cleanMarkdown(value.description),
    licence: spdxOf(plainLine(value.license, 100)),
    capabilities: capabilitiesOf(plainList(value.categories), CAPABILITIES),
    tasks: plainList(value.tasks),
    libraries: plainList(value.libraries),
    dataTypes,
    tags: plainList(value.tags),
    input: inputOf(dataTypes),
    links,
    image,
    createdAt,
    updatedAt: dayOf(dates.updated),
    doi,
    metadataVersion: plainLine(value.metadata_version, 20) || undefined,
    resources: resourcesOf((value.resources as Values | undefined)?.inference),
    trainingResources: resourcesOf(
      (value.resources as Values | undefined)?.training
    ),
    citation: citationOf({ name, title: title || name, links, createdAt }, doi),
    problems: refused.map(refusal)
  };
}

/** Links of other kinds than the web's are left out. */
export const refusal = (key: string): MetadataProblem => ({
  key: `links.${key}`,
  message: 'It is not an address of the web, and is left out.'
});

/** `constructor` is a word that people write, and that every object knows. */
export const valueOf = <T>(
  names: Record<string, T>,
  word: string
): T | undefined => (Object.hasOwn(names, word) ? names[word] : undefined);

/** Those of the list that are a capability's name. */
export const capabilitiesOf = (
  words: string[],
  names: Record<string, Capability>
): Capability[] => [
  ...new Set(words.flatMap(word => valueOf(names, word.toLowerCase()) ?? []))
];

/** *image, text*; “Other” says nothing that anybody could use. */
export const inputOf = (dataTypes: readonly string[]): string =>
  dataTypes
    .filter(type => type !== 'Other')
    .join(', ')
    .toLowerCase();

/** `YYYY-MM-DD` of a date as people and YAML write it. */
export function dayOf(value: unknown): string | undefined {
  const text =
    value instanceof Date ? value.toISOString() : String(value ?? '');
  return /^\d{4}-\d{2}-\d{2}/.exec(text)?.[0];
}

const amount = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0
    ? value
    : undefined;

function resourcesOf(value: unknown): Module['resources'] {
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  const needs = value as Values;
  return {
    cpu: amount(needs.cpu),
    gpu: amount(needs.gpu),
    memoryMb: amount(needs.memory_MB),
    gpuMemoryMb: amount(needs.gpu_memory_MB),
    storageMb: amount(needs.storage_MB)
  };
}
