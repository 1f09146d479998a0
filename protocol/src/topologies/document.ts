import { Static, TSchema, Type } from '@sinclair/typebox';

/** Says of a JSON file that it is a topology, whatever it is called. */
export const TOPOLOGY_FORMAT = 'jupyterlab-deep-topology';

/** Of the document's shape; a reader migrates older ones and refuses later ones. */
export const TOPOLOGY_VERSION = 1;

/** Ends the name of a topology's file. */
export const TOPOLOGY_EXTENSION = '.topology';

/** The topology in the folder of the module that serves it. */
export const SERVED_TOPOLOGY = 'served.topology';

/** What is most in one document: more is a mistake, and nobody could read it. */
export const TOPOLOGY_MOST_NODES = 200;

const NodeId = Type.String({
  pattern: '^[a-z][a-z0-9-]{0,62}$',
  description: 'Unique in the document; expressions name a node by it.'
});

/**
 * JSONata. `$` is the value of the item; `$origin` is `{ name, index }` of what it came from; `$steps.<node>` is what an
 * earlier node gave for the same item.
 */
const expression = (description = 'JSONata.') =>
  Type.String({ maxLength: 20_000, description });

const node = <K extends string, T extends Record<string, TSchema>>(
  kind: K,
  properties: T,
  description: string
) =>
  Type.Object(
    {
      kind: Type.Literal(kind),
      title: Type.Optional(Type.String({ maxLength: 200 })),
      ...properties
    },
    { additionalProperties: false, description }
  );

/** What a port carries. */
export const PortType = Type.Union([
  Type.Object({
    kind: Type.Literal('file'),
    mediaTypes: Type.Array(Type.String(), {
      description: 'Such as `image/*`; empty where any file will do.'
    })
  }),
  Type.Object({
    kind: Type.Literal('json'),
    schema: Type.Optional(
      Type.Unknown({ description: 'JSON Schema of the value, where known.' })
    )
  }),
  Type.Object({
    kind: Type.Literal('any', {
      description: 'It gives on what it gets, file or value.'
    })
  })
]);
export type PortType = Static<typeof PortType>;

export const FilesSource = node(
  'files',
  {
    pattern: Type.String({
      minLength: 1,
      maxLength: 4000,
      description:
        'A file, folder or glob, relative to the document. A folder stands for all files in it.'
    })
  },
  'Files on this machine. Gives `file`.'
);
export const DatasetSource = node(
  'dataset',
  {
    dataset: Type.String({
      minLength: 1,
      description: 'As cells name it: `account:folder`, or a dataset’s id.'
    }),
    pattern: Type.Optional(Type.String({ maxLength: 4000 }))
  },
  'Files of a dataset. Gives `file`.'
);
export const CsvSource = node(
  'csv-column',
  {
    file: Type.String({ minLength: 1, maxLength: 4000 }),
    column: Type.String({ minLength: 1 }),
    isFile: Type.Optional(
      Type.Boolean({
        description: 'The column has paths of files, relative to the CSV file.'
      })
    )
  },
  'A row at a time. Gives `value`, or `file` with `isFile`, and `row`.'
);
export const RequestSource = node(
  'request',
  {
    inputs: Type.Record(
      Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,62}$' }),
      Type.Object(
        {
          type: PortType,
          required: Type.Optional(Type.Boolean()),
          default: Type.Optional(Type.Unknown()),
          description: Type.Optional(Type.String())
        },
        { additionalProperties: false }
      )
    )
  },
  'What a caller gives: the arguments of the served module. Gives a port for each input.'
);
export const ModuleNode = node(
  'module',
  {
    module: Type.String({
      minLength: 1,
      description:
        'Module id (`source/name`), or `deployment:<id>` of one that runs.'
    }),
    arguments: Type.Record(Type.String(), Type.Unknown(), {
      description: 'Of predict, the same for every item.'
    }),
    accept: Type.Optional(
      Type.String({ description: 'Media type of the answer, where chosen.' })
    ),
    concurrency: Type.Optional(Type.Integer({ minimum: 1, maximum: 64 }))
  },
  'Takes a port for each argument of predict; gives `answer`.'
);
export const TransformNode = node(
  'transform',
  { expression: expression() },
  'Takes `value`, gives `value`.'
);
export const FilterNode = node(
  'filter',
  { condition: expression() },
  'Takes `in`; gives on as `out` what the condition is true of.'
);
export const CropNode = node(
  'crop',
  {
    boxes: Type.Optional(
      expression(
        'Makes of `boxes` a list of `{ left, top, width, height, label? }` in pixels, or of 0 to 1; else boxes are found as results are drawn.'
      )
    ),
    margin: Type.Optional(
      Type.Number({ minimum: 0, maximum: 2, description: 'Of the box’s size.' })
    ),
    most: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 }))
  },
  'Takes `picture` and `boxes`; gives an item for each box: `picture`, `box`.'
);
export const ResizeNode = node(
  'resize',
  {
    width: Type.Integer({ minimum: 1, maximum: 16_384 }),
    height: Type.Integer({ minimum: 1, maximum: 16_384 }),
    manner: Type.Union([
      Type.Literal('contain'),
      Type.Literal('cover'),
      Type.Literal('stretch')
    ])
  },
  'Takes `picture`, gives `picture`.'
);
export const BranchNode = node(
  'branch',
  { condition: expression() },
  'Takes `in`; gives it on as `yes` or as `no`.'
);
export const MergeNode = node(
  'merge',
  {
    manner: Type.Union([
      Type.Literal('vote', { description: 'The value that most have.' }),
      Type.Literal('mean', { description: 'Of numbers, key by key.' }),
      Type.Literal('key', {
        description: 'One object: what came by which node.'
      }),
      Type.Literal('list', { description: 'Everything, in order.' })
    ]),
    of: Type.Optional(expression('Makes of each value what is merged.')),
    by: Type.Optional(
      expression(
        'What belongs together; else what came from the same item of the source.'
      )
    )
  },
  'Takes any number of edges at `in`; gives `value` once all of them have come.'
);
export const FolderSink = node(
  'folder',
  {
    folder: Type.String({ minLength: 1, maxLength: 4000 }),
    name: Type.Optional(
      expression('Makes the file’s name; else that of the origin.')
    )
  },
  'Takes `in`: a file is written as it is, a value as JSON.'
);
export const CsvSink = node(
  'csv',
  {
    file: Type.String({ minLength: 1, maxLength: 4000 }),
    columns: Type.Optional(
      Type.Record(Type.String({ minLength: 1 }), expression(), {
        description: 'Else a column for each key, found in the first rows.'
      })
    )
  },
  'Takes `in`; a row an item, in the order of the origins.'
);
export const JsonLinesSink = node(
  'json-lines',
  { file: Type.String({ minLength: 1, maxLength: 4000 }) },
  'Takes `in`; a line an item, in the order of the origins.'
);
export const ReplySink = node(
  'reply',
  {},
  'Takes `in`: what the caller gets, or the cell that runs it.'
);

export const TopologyNode = Type.Union([
  FilesSource,
  DatasetSource,
  CsvSource,
  RequestSource,
  ModuleNode,
  TransformNode,
  FilterNode,
  CropNode,
  ResizeNode,
  BranchNode,
  MergeNode,
  FolderSink,
  CsvSink,
  JsonLinesSink,
  ReplySink
]);
export type TopologyNode = Static<typeof TopologyNode>;
export type TopologyNodeKind = TopologyNode['kind'];

const End = Type.Object(
  { node: NodeId, port: Type.String({ minLength: 1, maxLength: 200 }) },
  { additionalProperties: false }
);

export const TopologyEdge = Type.Object(
  { from: End, to: End },
  { additionalProperties: false }
);
export type TopologyEdge = Static<typeof TopologyEdge>;

/**
 * A `*.topology` file. Written with its keys in this order, nodes and edges sorted, so that a difference shows what was
 * changed; where nodes stand is apart from what they mean.
 */
export const TopologyDocument = Type.Object(
  {
    format: Type.Literal(TOPOLOGY_FORMAT),
    version: Type.Literal(TOPOLOGY_VERSION),
    title: Type.String({ maxLength: 200 }),
    description: Type.String({ maxLength: 20_000 }),
    nodes: Type.Record(NodeId, TopologyNode, {
      maxProperties: TOPOLOGY_MOST_NODES
    }),
    edges: Type.Array(TopologyEdge, { maxItems: TOPOLOGY_MOST_NODES * 10 }),
    layout: Type.Record(
      NodeId,
      Type.Object(
        { x: Type.Number(), y: Type.Number() },
        { additionalProperties: false }
      )
    )
  },
  { additionalProperties: false }
);
export type TopologyDocument = Static<typeof TopologyDocument>;
