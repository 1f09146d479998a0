import { MetadataFinding } from '@jupyterlab-deep/protocol';
import { imageOf } from '../catalogue/metadata/image';
import { IParsed } from '../catalogue/metadata/parse';

/** What the schema lets pass, and a reader of the catalogue trips over. */
export function ownFindings(
  { value, lineOf }: IParsed,
  newest: string
): MetadataFinding[] {
  const found = [
    ...aboutTexts(value),
    ...aboutLists(value),
    ...aboutLinks(value),
    ...aboutDates(value),
    ...aboutVersion(value, newest)
  ];
  return found.map(([path, message]) => ({
    key: path.join('.'),
    message,
    line: lineOf(path),
    severity: 'note' as const
  }));
}

type Values = Record<string, unknown>;
type Found = [path: string[], message: string];

const FEWEST_WORDS = 4;

function aboutTexts({ title, summary, description, doi }: Values): Found[] {
  const found: Found[] = [];
  if (isText(title) && title.trim() === '') {
    found.push([['title'], 'It is empty: nobody could tell what it is.']);
  }
  if (isText(summary) && summary.trim().split(/\s+/).length < FEWEST_WORDS) {
    found.push([
      ['summary'],
      'It says too little: one sentence tells in a list what the module is good for.'
    ]);
  }
  if (isText(description) && description.trim() === '') {
    found.push([['description'], 'It is empty.']);
  } else if (isText(description) && /<\/?[a-z][^<>]*>/i.test(description)) {
    found.push([
      ['description'],
      'It holds HTML, of which catalogues show little: Markdown says the same.'
    ]);
  }
  if (isText(doi) && !/\b10\.\d{4,9}\/\S+/.test(doi)) {
    found.push([['doi'], 'It is no DOI, such as 10.5281/zenodo.1234567.']);
  }
  return found;
}

/** Lists that a search goes by. */
const LISTS = ['libraries', 'tasks', 'categories', 'tags', 'data-type'];

const aboutLists = (value: Values): Found[] =>
  LISTS.filter(key => Array.isArray(value[key]) && value[key].length === 0).map(
    key => [[key], 'It is empty: the module is found by none of its words.']
  );

/** Addresses that stand for others, in templates. */
const PLACEHOLDER =
  /[<>{}]|\/\/(www\.)?example\.(org|com)|\bYOUR[_-]|\/(owner|user|org)\/(repo|name)\b/i;

const isPlaceholder = (address: string): boolean => PLACEHOLDER.test(address);

function aboutLinks({ links }: Values): Found[] {
  if (typeof links !== 'object' || links === null || Array.isArray(links)) {
    return [];
  }
  return Object.entries(links).flatMap(([key, address]): Found[] => {
    if (!isText(address)) {
      return [];
    }
    const message = linkFault(key, address.trim());
    return message ? [[['links', key], message]] : [];
  });
}

/** Why an address is none that people can open. */
export function linkFault(key: string, address: string): string | undefined {
  if (address === '') {
    return 'It is empty: take the key away, or give the address.';
  }
  if (isPlaceholder(address)) {
    return `“${address.slice(0, 60)}” holds the place of an address: write the real one.`;
  }
  if (key === 'docker_image') {
    return imageOf(address)
      ? undefined
      : 'It is neither an image, such as ai4oshub/name, nor the address of its page.';
  }
  const url = URL.parse(address);
  if (!url || !/^https?:$/.test(url.protocol) || /\s/.test(address)) {
    return key === 'zenodo_doi' && /^10\.\d{4,9}\//.test(address)
      ? `It is a DOI, not an address: https://doi.org/${address}`
      : 'It is not an address of the web, such as https://github.com/owner/name.';
  }
  return undefined;
}

function aboutDates({ dates }: Values): Found[] {
  const { created, updated } = (dates ?? {}) as Values;
  const found = Object.entries({ created, updated }).flatMap(
    ([key, date]): Found[] =>
      date === undefined || !isText(date) || isDay(date)
        ? []
        : [[['dates', key], 'It is not a day, such as 2026-01-31.']]
  );
  return found.length === 0 &&
    isText(created) &&
    isText(updated) &&
    updated < created
    ? [[['dates', 'updated'], 'It is before the day of creation.']]
    : found;
}

function isDay(text: string): boolean {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : NaN;
  return (
    !Number.isNaN(day) && new Date(day).toISOString().slice(0, 10) === text
  );
}

function aboutVersion(value: Values, newest: string): Found[] {
  const named = value.metadata_version;
  return isText(named) && /^2\.\d+\.\d+$/.test(named) && named !== newest
    ? [[['metadata_version'], `${newest} is the newest version of the schema.`]]
    : [];
}

const isText = (value: unknown): value is string => typeof value === 'string';
