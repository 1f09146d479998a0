import { MEDIA_TYPES } from '../mediaTypes';
import { PortType, TopologyNode } from './document';
import { TopologyPort, TopologyPorts } from './requests';

/** What a module's API says of its ports: a part of `ModuleApi`. */
export interface IPortsApi {
  /** Schema of predict; file arguments have `format: "file"`. */
  predict: unknown;
  /** Media types that predict can answer with, its own choice first. */
  accepts: readonly string[];
}

const ANY: PortType = { kind: 'any' };
const JSON_VALUE: PortType = { kind: 'json' };
const PICTURE: PortType = { kind: 'file', mediaTypes: ['image/*'] };
const WRITTEN_PICTURE: PortType = {
  kind: 'file',
  mediaTypes: ['image/jpeg', 'image/png']
};
const BOX: PortType = { kind: 'json', schema: { type: 'object' } };

const required = (name: string, type: PortType): TopologyPort => ({
  name,
  type,
  required: true
});
const ports = (
  inputs: TopologyPort[],
  outputs: TopologyPort[]
): TopologyPorts => ({ inputs, outputs });
const SINK = ports([{ ...required('in', ANY), takesMany: true }], []);

/**
 * Where something goes into a node, or comes out.
 *
 * @param api - Of a module; without it only its answer is known.
 */
export function portsOf(node: TopologyNode, api?: IPortsApi): TopologyPorts {
  switch (node.kind) {
    case 'files':
      return ports([], [fileOf(node.pattern)]);
    case 'dataset':
      return ports([], [fileOf(node.pattern ?? '')]);
    case 'csv-column':
      return ports(
        [],
        [
          node.isFile ? fileOf('') : { name: 'value', type: JSON_VALUE },
          { name: 'row', type: BOX }
        ]
      );
    case 'request':
      return ports(
        [],
        Object.entries(node.inputs).map(([name, { type, description }]) => ({
          name,
          type,
          ...(description && { title: description })
        }))
      );
    case 'module':
      return modulePorts(node, api);
    case 'transform':
      return ports(
        [required('value', ANY)],
        [{ name: 'value', type: JSON_VALUE }]
      );
    case 'filter':
      return ports([required('in', ANY)], [{ name: 'out', type: ANY }]);
    case 'crop':
      return ports(
        [required('picture', PICTURE), required('boxes', JSON_VALUE)],
        [
          { name: 'picture', type: WRITTEN_PICTURE },
          { name: 'box', type: BOX }
        ]
      );
    case 'resize':
      return ports(
        [required('picture', PICTURE)],
        [{ name: 'picture', type: WRITTEN_PICTURE }]
      );
    case 'branch':
      return ports(
        [required('in', ANY)],
        [
          { name: 'yes', type: ANY },
          { name: 'no', type: ANY }
        ]
      );
    case 'merge':
      return ports(
        [{ ...required('in', ANY), takesMany: true }],
        [{ name: 'value', type: mergedType(node.manner) }]
      );
    case 'folder':
    case 'csv':
    case 'json-lines':
    case 'reply':
      return SINK;
  }
}

function mergedType(
  manner: Extract<TopologyNode, { kind: 'merge' }>['manner']
): PortType {
  const type = { list: 'array', key: 'object' }[manner as string];
  return type ? { kind: 'json', schema: { type } } : JSON_VALUE;
}

function modulePorts(
  node: Extract<TopologyNode, { kind: 'module' }>,
  api: IPortsApi | undefined
): TopologyPorts {
  if (!api) {
    return ports([], [{ name: 'answer', type: answerOf(node.accept) }]);
  }
  const schema = (api.predict ?? {}) as IArguments;
  const inputs = Object.entries(schema.properties ?? {}).map(
    ([name, about]) => {
      const isGiven = node.arguments[name] !== undefined;
      const isNeeded = schema.required?.includes(name) === true;
      return {
        name,
        type: argumentType(about),
        ...(about.title && { title: about.title }),
        ...(isNeeded && !isGiven && about.default === undefined
          ? { required: true }
          : {})
      };
    }
  );
  const accept = node.accept ?? api.accepts[0];
  return ports(inputs, [{ name: 'answer', type: answerOf(accept) }]);
}

interface IArguments {
  properties?: Record<string, IArgument>;
  required?: string[];
}
interface IArgument {
  title?: string;
  default?: unknown;
  format?: string;
  contentMediaType?: string;
  items?: IArgument;
}

function argumentType(about: IArgument): PortType {
  const isFile = (about.format ?? about.items?.format) === 'file';
  if (!isFile) {
    return { kind: 'json', schema: about };
  }
  const media = about.contentMediaType ?? about.items?.contentMediaType;
  return { kind: 'file', mediaTypes: media ? [media] : [] };
}

function answerOf(accept: string | undefined): PortType {
  if (accept === undefined || accept === '*/*') {
    return ANY;
  }
  return /[/+]json$/.test(accept)
    ? JSON_VALUE
    : { kind: 'file', mediaTypes: [accept] };
}

const fileOf = (pattern: string): TopologyPort => ({
  name: 'file',
  type: { kind: 'file', mediaTypes: mediaTypesOf(pattern) }
});

/** What the endings in a pattern promise; nothing where one of them is not known. */
function mediaTypesOf(pattern: string): string[] {
  const ending = /\.(?:\{([^{}]+)\}|([A-Za-z0-9]+))$/.exec(pattern);
  const endings = (ending?.[1] ?? ending?.[2] ?? '').toLowerCase().split(',');
  const types = endings.map(each => MEDIA_TYPES[each.trim()]);
  return types.includes(undefined as unknown as string)
    ? []
    : [...new Set(types)];
}
