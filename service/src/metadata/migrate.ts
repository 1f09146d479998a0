import { Document, isMap, isScalar, parseDocument, Scalar } from 'yaml';
import { MetadataMigration, MetadataProblem } from '@jupyterlab-deep/protocol';
import { IParsed } from '../catalogue/metadata/parse';
import { dayOf } from '../catalogue/metadata/version2';
import { describeFirst } from '../catalogue/metadata/version1';
import { writeOptions, writtenNode } from './write';

type Values = Record<string, unknown>;

/** Where the keys of version 1 went; comments go with them. */
const MOVED: Record<string, string> = {
  title: 'title',
  summary: 'summary',
  description: 'description',
  keywords: 'tags',
  sources: 'links',
  dataset_url: 'links',
  cite_url: 'links',
  date_creation: 'dates'
};

/** What version 2 has no place for, and why that is no loss. */
const DROPPED: Record<string, string> = {
  license:
    'Version 2 has no licence: the platform takes it from the file LICENSE of the repository.',
  tosca: 'Version 2 names no TOSCA templates: the platform makes its own.',
  continuous_integration:
    'Version 2 has no badge of the build: the platform adds its own.',
  training_files_url: 'Version 2 has no key for files of a training.',
  docker_tags: 'Version 2 has no tags of the image.'
};

/** Metadata of version 1 as version 2, with the comments that stood in them. */
export async function migrateFirst(
  text: string,
  { value, lineOf }: IParsed,
  newest: string
): Promise<MetadataMigration> {
  const described = await describeFirst(value, 'module');
  const links = linksOf(value);
  const created = dayOf(value.date_creation);
  const { capabilities, libraries, tasks, tags, dataTypes } = described;
  const second: Values = {
    metadata_version: newest,
    title: lineText(value.title),
    summary: lineText(value.summary),
    description: textOf(value.description),
    ...(created && { dates: { created, updated: created } }),
    links,
    tags: tags ?? [],
    tasks: tasks ?? [],
    categories: (capabilities ?? []).map(capability => CATEGORIES[capability]),
    libraries: libraries ?? [],
    ...(dataTypes?.length && { 'data-type': dataTypes }),
    ...unknownOf(value)
  };
  const notes = [
    ...droppedNotes(value),
    ...askedNotes(second),
    ...(created ? [UPDATED] : [])
  ].map(note => ({ ...note, line: lineOf([note.key?.split('.')[0] ?? '']) }));
  return { text: written(second, text), notes };
}

const CATEGORIES: Record<string, string> = {
  inference: 'AI4 inference',
  trainable: 'AI4 trainable',
  'pre-trained': 'AI4 pre trained',
  tool: 'AI4 tools'
};

const UPDATED: MetadataProblem = {
  key: 'dates.updated',
  message:
    'Version 1 does not say when it was updated: the day of creation stands for it.'
};

const lineText = (value: unknown): string =>
  typeof value === 'string' ? value.trim() : '';

const textOf = (value: unknown): string =>
  (Array.isArray(value) ? value.join('\n') : lineText(value)).trim();

function linksOf(value: Values): Record<string, string> {
  const sources = (value.sources ?? {}) as Values;
  const given: Values = {
    source_code: sources.code,
    docker_image: sources.docker_registry_repo,
    weights: sources.pre_trained_weights,
    dataset: value.dataset_url,
    citation: value.cite_url
  };
  const entries = Object.entries(given).flatMap(([key, address]) => {
    const words = lineText(address);
    return words === '' ? [] : [[key, words] as const];
  });
  return Object.fromEntries(entries);
}

/** Version 2 lets other keys stand. */
const unknownOf = (value: Values): Values =>
  Object.fromEntries(
    Object.entries(value).filter(
      ([key]) => !Object.hasOwn(MOVED, key) && !Object.hasOwn(DROPPED, key)
    )
  );

function droppedNotes(value: Values): MetadataProblem[] {
  const { dockerfile_repo: dockerfile } = (value.sources ?? {}) as Values;
  const dropped = Object.entries(DROPPED)
    .filter(([key]) => Object.hasOwn(value, key))
    .map(([key, message]) => ({ key, message: message + said(value[key]) }));
  return [
    ...dropped,
    ...(lineText(dockerfile) === ''
      ? []
      : [
          {
            key: 'sources.dockerfile_repo',
            message: `Version 2 has no repository of the Dockerfile: it lies beside the code.${said(dockerfile)}`
          }
        ])
  ];
}

const said = (value: unknown): string =>
  typeof value === 'string' && value !== ''
    ? ` Version 1 said: ${value.slice(0, 200)}`
    : '';

/** What version 1 did not ask for. */
const askedNotes = (second: Values): MetadataProblem[] =>
  ['tasks', 'categories', 'libraries'].map(key => ({
    key,
    message:
      (second[key] as string[]).length === 0
        ? 'Version 1 does not say it: choose from the list.'
        : `Taken from the keywords: ${(second[key] as string[]).join(', ')}. Look whether it is right.`
  }));

/** The new text, with the comments of the old one where their keys went. */
function written(second: Values, old: string): string {
  const document = new Document(null);
  document.contents = writtenNode(document, second) as never;
  const before = parseDocument(old);
  // What stands above the first key is about the file.
  document.commentBefore =
    joined([
      before.commentBefore,
      before.contents?.commentBefore,
      firstKey(before)?.commentBefore
    ]) ?? null;
  const homeless = [before.comment];
  for (const { key, comments } of commentsOf(before)) {
    const target = Object.hasOwn(MOVED, key) ? MOVED[key] : key;
    const home = keyNode(document, target);
    if (home) {
      home.commentBefore = joined([home.commentBefore, ...comments]);
    } else {
      homeless.push(...comments.map(comment => ` (${key})${comment}`));
    }
  }
  document.comment = joined(homeless) ?? null;
  return document.toString(writeOptions);
}

const firstKey = ({ contents }: Document): Scalar | undefined =>
  isMap(contents) ? (contents.items[0]?.key as Scalar) : undefined;

interface IComments {
  key: string;
  comments: string[];
}

function commentsOf({ contents }: Document): IComments[] {
  if (!isMap(contents)) {
    return [];
  }
  return contents.items.map(({ key, value }, index) => {
    const node = key as Scalar;
    const above = index === 0 ? undefined : node.commentBefore;
    const found = [above, node.comment];
    const inner = value as Partial<Scalar> | null;
    return {
      key: String(node.value ?? key),
      comments: [...found, inner?.commentBefore, inner?.comment].filter(
        comment => typeof comment === 'string'
      )
    };
  });
}

function keyNode({ contents }: Document, name: string): Scalar | undefined {
  const pair = isMap(contents)
    ? contents.items.find(({ key }) => isScalar(key) && key.value === name)
    : undefined;
  return isScalar(pair?.key) ? pair.key : undefined;
}

const joined = (
  comments: (string | null | undefined)[]
): string | undefined => {
  const said = comments.filter(Boolean);
  return said.length > 0 ? said.join('\n') : undefined;
};
