import { Value } from '@sinclair/typebox/value';
import { DeepError } from '../errors';
import {
  TOPOLOGY_FORMAT,
  TOPOLOGY_VERSION,
  TopologyDocument,
  TopologyNode
} from './document';

/** Brings a document one version further. */
export type TopologyMigration = (
  document: Record<string, unknown>
) => Record<string, unknown>;

/**
 * A document that was written by hand says no version: what may be left out is filled in, and an edge may be a text such as
 * `photos.file -> classify.image`.
 */
const fromHand: TopologyMigration = document => ({
  title: '',
  description: '',
  layout: {},
  ...document,
  edges: Array.isArray(document.edges)
    ? document.edges.map(edgeOfText)
    : (document.edges ?? [])
});

/** The one at a place brings a document of that version to the next. */
export const TOPOLOGY_MIGRATIONS: readonly TopologyMigration[] = [fromHand];

/**
 * A topology of any version up to ours, as ours has it.
 *
 * @param given - The text of a file, or the JSON in it.
 * @throws DeepError `topology-newer`, which was not touched; `topology-invalid` naming the place.
 */
export function readTopology(given: unknown): TopologyDocument {
  const value = typeof given === 'string' ? parsed(given) : given;
  if (!isObject(value) || value.format !== TOPOLOGY_FORMAT) {
    throw invalid(
      'This is no topology: it does not say so by its `format`.',
      `A topology begins with { "format": "${TOPOLOGY_FORMAT}" }.`
    );
  }
  const document = migrateTopology(value, TOPOLOGY_MIGRATIONS);
  const wrong = whatIsWrong(document);
  if (wrong) {
    throw invalid(wrong, 'Mend this place, or take an earlier copy.');
  }
  return document as unknown as TopologyDocument;
}

/** @throws DeepError `topology-newer`, `topology-invalid` */
export function migrateTopology(
  document: Record<string, unknown>,
  migrations: readonly TopologyMigration[]
): Record<string, unknown> {
  const { version = 0 } = document;
  if (!Number.isInteger(version) || (version as number) < 0) {
    throw invalid('`version` is no whole number.', 'Ours is 1.');
  }
  if ((version as number) > migrations.length) {
    throw new DeepError(
      'topology-newer',
      `This topology has version ${version}; this one of jupyterlab-deep knows ${migrations.length}. It was not touched.`,
      { hint: 'Install the newer version of jupyterlab-deep.' }
    );
  }
  return migrations.slice(version as number).reduce<Record<string, unknown>>(
    (migrated, step, index) => ({
      ...step(migrated),
      version: (version as number) + index + 1
    }),
    document
  );
}

/** A topology without anything in it. */
export const emptyTopology = (title = ''): TopologyDocument => ({
  format: TOPOLOGY_FORMAT,
  version: TOPOLOGY_VERSION,
  title,
  description: '',
  nodes: {},
  edges: [],
  layout: {}
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DeepError(
      'topology-invalid',
      `The topology is damaged: it is no JSON${placeIn(text, error as Error)}.`,
      {
        hint: 'Open it as text and mend this place, or take an earlier copy.',
        technical: (error as Error).message,
        cause: error
      }
    );
  }
}

function placeIn(text: string, { message }: Error): string {
  if (text.trim() === '') {
    return ', but empty';
  }
  const at = positionIn(text, message);
  if (at === undefined) {
    return ', or it is cut off at its end';
  }
  const before = text.slice(0, at).split('\n');
  return `, line ${before.length}, column ${before[before.length - 1].length + 1}`;
}

const NEAR = /token '(.)', (\.\.\.)?"([\s\S]*)"(?:\.\.\.)? is not valid JSON$/u;
/** What engines show of the text before the place. */
const SHOWN_BEFORE = 10;

/** Engines tell the place as a number, or by what stands there. */
function positionIn(text: string, message: string): number | undefined {
  const at = /position (\d+)/.exec(message)?.[1];
  if (at !== undefined) {
    return Number(at);
  }
  const [, token, isWithin, near] = NEAR.exec(message) ?? [];
  if (near === undefined) {
    return undefined;
  }
  const from = Math.max(0, text.indexOf(near));
  return from + (isWithin ? SHOWN_BEFORE : near.lastIndexOf(token));
}

const EDGE = /^([a-z][a-z0-9-]*)\.(.+?)\s*->\s*([a-z][a-z0-9-]*)\.(.+)$/;

function edgeOfText(edge: unknown): unknown {
  const found = typeof edge === 'string' && EDGE.exec(edge.trim());
  if (!found) {
    return edge;
  }
  const [, from, output, to, input] = found;
  return {
    from: { node: from, port: output },
    to: { node: to, port: input }
  };
}

/** The first thing that does not fit, in words with its place; a node's by the shape of its kind alone. */
function whatIsWrong(document: Record<string, unknown>): string | undefined {
  const { nodes } = document;
  const shell = { ...document, nodes: {} };
  const outside = Value.Errors(TopologyDocument, shell).First();
  if (outside) {
    return placed(outside);
  }
  if (!isObject(nodes)) {
    return '`nodes` is no object of nodes by their ids.';
  }
  for (const [id, node] of Object.entries(nodes)) {
    const wrong = isObject(node) ? wrongInNode(id, node) : 'it is no object.';
    if (wrong) {
      return `The node “${id}” is not valid: ${wrong}`;
    }
  }
  const last = Value.Errors(TopologyDocument, document).First();
  return last && placed(last);
}

function wrongInNode(
  id: string,
  node: Record<string, unknown>
): string | undefined {
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(id)) {
    return 'its id may have small letters, digits and hyphens, at most 63, and begins with a letter.';
  }
  const shape = TopologyNode.anyOf.find(
    each => each.properties.kind.const === node.kind
  );
  if (!shape) {
    return `there is no kind of node “${String(node.kind)}”.`;
  }
  const wrong = Value.Errors(shape, node).First();
  return wrong && placed(wrong);
}

const placed = ({ path, message }: { path: string; message: string }): string =>
  `\`${path.slice(1).replaceAll('/', '.') || 'it'}\`: ${message}.`;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const invalid = (says: string, hint: string): DeepError =>
  new DeepError('topology-invalid', says, { hint });
