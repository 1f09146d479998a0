import { Document, isMap, parseDocument, Scalar } from 'yaml';
import { DeepError } from '@jupyterlab-deep/protocol';
import { isRecord } from '../shapes';

/** An input of a TOSCA template, as far as its author described it. */
export interface IToscaInput {
  type: string;
  description?: string;
  default?: unknown;
  required?: boolean;
  constraints?: unknown[];
  entry_schema?: { type?: string };
}

/** A TOSCA template that the Infrastructure Manager can be given. */
export interface ITemplate {
  id: string;
  title: string;
  description: string;
  /** Where it comes from, for people. */
  from: string;
  /** Its user brought it. */
  isOwn?: boolean;
  text: string;
  inputs: Record<string, IToscaInput>;
  /** What the text says, for looking at it. */
  content: Record<string, unknown>;
}

/** Our own mark in `metadata`; the Infrastructure Manager keeps it and gives it back. */
export const MARK = 'jupyterlab_deep';

/** No template comes near. */
const MAX_CHARACTERS = 500_000;
const ID = /^[a-z0-9][a-z0-9-]{0,60}$/;
/** The option that names the template. */
const RESERVED = 'template';

const refused = (from: string, why: string): DeepError =>
  new DeepError('invalid-request', `${from} is no TOSCA template: ${why}`, {
    hint: 'It is YAML with `tosca_definitions_version` and `topology_template`.'
  });

/**
 * Read a TOSCA template.
 *
 * @param from Where it comes from, for people: a path or a file's name.
 * @throws DeepError `invalid-request` saying what is wrong with it.
 */
export function readTemplate(
  id: string,
  text: string,
  from: string
): ITemplate {
  if (!ID.test(id)) {
    throw new DeepError(
      'invalid-request',
      `${id} cannot be the name of a template: small letters, digits and hyphens can.`
    );
  }
  const content = documentOf(text, from).toJS() as unknown;
  if (!isRecord(content)) {
    throw refused(from, 'it holds no names with values.');
  }
  const version = String(content.tosca_definitions_version ?? '');
  if (!version.startsWith('tosca_simple_yaml_1_')) {
    throw refused(
      from,
      version
        ? `its version is ${version}.`
        : '`tosca_definitions_version` is missing.'
    );
  }
  const { inputs, node_templates: nodes } = topologyOf(content);
  if (!isRecord(nodes) || Object.keys(nodes).length === 0) {
    throw refused(from, 'its `topology_template` has no `node_templates`.');
  }
  const metadata = isRecord(content.metadata) ? content.metadata : {};
  const description = String(content.description ?? '').trim();
  return {
    id,
    title: String(metadata.display_name ?? id),
    description,
    from,
    text,
    inputs: inputsOf(inputs, from),
    content
  };
}

const topologyOf = (
  content: Record<string, unknown>
): Record<string, unknown> =>
  isRecord(content.topology_template) ? content.topology_template : {};

function inputsOf(inputs: unknown, from: string): Record<string, IToscaInput> {
  const found = isRecord(inputs) ? Object.entries(inputs) : [];
  const entries = found.map(([name, input]) => {
    if (!isRecord(input) || typeof input.type !== 'string') {
      throw refused(from, `its input ${name} has no type.`);
    }
    if (name === RESERVED) {
      throw refused(from, `its input ${name} needs another name here.`);
    }
    return [name, input as unknown as IToscaInput] as const;
  });
  return Object.fromEntries(entries);
}

/** As the Infrastructure Manager reads it: by YAML 1.1, in which `yes` is true. */
function documentOf(text: string, from: string): Document {
  if (text.length > MAX_CHARACTERS) {
    throw refused(from, 'it is longer than half a million characters.');
  }
  const parsed = parseDocument(text, { version: '1.1' });
  const [error] = parsed.errors;
  if (error) {
    throw refused(from, error.message.split('\n')[0]);
  }
  return parsed as Document;
}

/**
 * The text of a template with values for its inputs and the mark of a deployment. All else stays as its author wrote it.
 *
 * @param mirrors Addresses that are to be taken instead of others.
 */
export function filledTemplate(
  template: ITemplate,
  values: Record<string, unknown>,
  deployment: string,
  mirrors: Record<string, string> = {}
): string {
  const text = Object.entries(mirrors).reduce(
    (all, [address, mirror]) => all.replaceAll(address, mirror),
    template.text
  );
  const document = documentOf(text, template.from);
  for (const [name, value] of Object.entries(values)) {
    document.setIn(
      ['topology_template', 'inputs', name, 'default'],
      quoted(document, value)
    );
  }
  if (!isMap(document.get('metadata'))) {
    document.set('metadata', document.createNode({}));
  }
  document.setIn(['metadata', MARK], quoted(document, deployment));
  if (!document.hasIn(['metadata', 'infra_name'])) {
    document.setIn(['metadata', 'infra_name'], `deep-${deployment}`);
  }
  return document.toString({ lineWidth: 0 });
}

/** Texts in quotes: `no` and `1.10` are to stay texts for every reader of YAML. */
function quoted(document: Document, value: unknown): unknown {
  const node = document.createNode(value);
  const quote = (each: unknown): void => {
    if (each instanceof Scalar && typeof each.value === 'string') {
      each.type = 'QUOTE_DOUBLE';
    }
  };
  quote(node);
  if ('items' in node && Array.isArray(node.items)) {
    node.items.forEach(item => {
      quote(item);
      quote((item as { value?: unknown }).value);
    });
  }
  return node;
}

/** The deployment that a template's text is marked with. */
export function markOf(text: string): string | undefined {
  const found = new RegExp(`(?:^|[\\s{,])${MARK}:\\s*['"]?([A-Za-z0-9_-]+)`);
  return found.exec(text)?.[1];
}
