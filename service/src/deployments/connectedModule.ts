import {
  IJsonSchema,
  IModuleDescription
} from '@jupyterlab-deep/kernel-helpers/deepaas';
import { Module } from '@jupyterlab-deep/protocol';

/** Source of modules that no catalogue has. */
export const CONNECTED = 'connected';

const MAX_TITLE = 120;
const MAX_SUMMARY = 300;
const MAX_TEXT = 20_000;
const MAX_NAME = 60;

/**
 * A free name for a module that no catalogue has: that of its model; where another server's model has it, with its host.
 *
 * @param taken Names of other connected modules.
 */
export function freeName(
  model: string,
  endpoint: string,
  taken: ReadonlySet<string>
): string {
  const plain = asName(model) || 'module';
  const byHost = `${plain}-${asName(new URL(endpoint).hostname)}`;
  let name = taken.has(plain) ? byHost : plain;
  for (let n = 2; taken.has(name); n++) {
    name = `${byHost}-${n}`;
  }
  return name;
}

const asName = (text: string): string =>
  text
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, MAX_NAME);

/** The catalogue entry of a module that only its own server describes. What authors write there may be any JSON. */
export function describeConnected(
  name: string,
  model: string,
  { metadata, predict }: IModuleDescription
): Module {
  const say = (maxLength: number, ...keys: string[]): string =>
    textOf(metadata, keys).slice(0, maxLength);
  const description = say(MAX_TEXT, 'description');
  const url = say(MAX_SUMMARY, 'url', 'home-page', 'homepage');
  const title = say(MAX_TITLE, 'title', 'name');
  return {
    id: `${CONNECTED}/${name}`,
    source: CONNECTED,
    name,
    title: oneLine(title) || model,
    summary: oneLine(say(MAX_TEXT, 'summary') || description).slice(
      0,
      MAX_SUMMARY
    ),
    description,
    version: oneLine(say(MAX_TITLE, 'version')),
    licence: oneLine(say(MAX_TITLE, 'license', 'licence')),
    capabilities: ['inference'],
    tasks: [],
    libraries: [],
    dataTypes: [],
    tags: [],
    input: inputOf(predict),
    output: '',
    links: /^https?:\/\/[^\s]+$/.test(url) ? { homepage: url } : {},
    runtime: 'container',
    examples: [],
    problems: [],
    broken: false,
    origins: [
      { source: CONNECTED, id: `${CONNECTED}/${name}`, title: 'Connected' }
    ]
  };
}

/** The first of the keys that holds text; Python packages write them with capitals. */
function textOf(metadata: Record<string, unknown>, keys: string[]): string {
  const entries = Object.entries(metadata);
  for (const key of keys) {
    const found = entries.find(
      ([name, value]) => name.toLowerCase() === key && typeof value === 'string'
    );
    if (found && String(found[1]).trim()) {
      return String(found[1]).trim();
    }
  }
  return '';
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** The media that its file arguments take. */
function inputOf({ properties = {} }: IJsonSchema): string {
  const media = Object.values(properties)
    .filter(({ format }) => format === 'file')
    .map(({ contentMediaType }) =>
      String(contentMediaType ?? 'file').replace('/*', '')
    );
  return [...new Set(media)].join(', ');
}
