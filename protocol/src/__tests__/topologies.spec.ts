import fc from 'fast-check';
import { DeepError } from '../errors';
import {
  checkGraph,
  edgesInOrder,
  emptyTopology,
  IPortsApi,
  migrateTopology,
  nodesInOrder,
  PortType,
  portFit,
  portsOf,
  readTopology,
  scopesOf,
  stepsIn,
  TOPOLOGY_FORMAT,
  TOPOLOGY_MIGRATIONS,
  TOPOLOGY_VERSION,
  TopologyDocument,
  TopologyNode,
  TopologyPorts,
  writeTopology
} from '..';

const CLASSIFIER: IPortsApi = {
  predict: {
    type: 'object',
    properties: {
      image: { type: 'string', format: 'file', contentMediaType: 'image/*' },
      top_k: { type: 'integer', default: 5 },
      note: { type: 'string' }
    },
    required: ['image']
  },
  accepts: ['application/json']
};
const PENGUINS: IPortsApi = {
  predict: {
    type: 'object',
    properties: { mass: { type: 'number' } },
    required: ['mass']
  },
  accepts: ['application/json', 'text/csv']
};
const APIS: Record<string, IPortsApi> = {
  'builtin/classifier': CLASSIFIER,
  'builtin/penguins': PENGUINS
};

const classifier = (given: Record<string, unknown> = {}): TopologyNode => ({
  kind: 'module',
  module: 'builtin/classifier',
  arguments: given
});

/** Edges as texts. */
function made(
  nodes: Record<string, TopologyNode>,
  ...edges: string[]
): TopologyDocument {
  const { version: _version, ...byHand } = emptyTopology('Made');
  return readTopology({ ...byHand, nodes, edges });
}

const portsIn = ({ nodes }: TopologyDocument): Record<string, TopologyPorts> =>
  Object.fromEntries(
    Object.entries(nodes).map(([id, node]) => [
      id,
      portsOf(node, node.kind === 'module' ? APIS[node.module] : undefined)
    ])
  );

const rulesOf = (document: TopologyDocument): string[] =>
  checkGraph(document, portsIn(document)).map(({ rule }) => rule);

const PHOTOS: TopologyNode = { kind: 'files', pattern: 'photos/*.jpg' };
const TABLE: TopologyNode = { kind: 'csv', file: 'out.csv' };
const GOOD = made(
  { photos: PHOTOS, classify: classifier({ top_k: 3 }), table: TABLE },
  'photos.file -> classify.image',
  'classify.answer -> table.in'
);

const failureOf = (work: () => unknown): DeepError => {
  try {
    work();
  } catch (error) {
    return error as DeepError;
  }
  throw new Error('It did not fail');
};

describe('a topology file', () => {
  it('is read from text, and comes back from its text as it went', () => {
    expect(readTopology(writeTopology(GOOD))).toEqual({
      ...GOOD,
      edges: edgesInOrder(GOOD.edges)
    });
  });

  it('has the same text in whatever order it was drawn', () => {
    const drawn = {
      ...GOOD,
      nodes: Object.fromEntries(Object.entries(GOOD.nodes).reverse()),
      edges: [...GOOD.edges].reverse(),
      layout: { table: { x: 10.2, y: -0.1 }, photos: { x: 1, y: 2 } }
    };
    const again = { ...drawn, nodes: GOOD.nodes, edges: GOOD.edges };
    expect(writeTopology(drawn)).toBe(writeTopology(again));
    expect(writeTopology(drawn)).toContain('"table": { "x": 10, "y": 0 }');
  });

  it('of any content has one text (properties)', () => {
    const id = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
    const text = fc.string({ unit: 'grapheme', maxLength: 30 });
    const node = fc.oneof<fc.Arbitrary<TopologyNode>[]>(
      fc.record({
        kind: fc.constant('files'),
        pattern: fc.string({ minLength: 1, maxLength: 30 })
      }) as fc.Arbitrary<TopologyNode>,
      fc.record({
        kind: fc.constant('transform'),
        expression: text
      }) as fc.Arbitrary<TopologyNode>,
      fc.record(
        {
          kind: fc.constant('module'),
          title: text,
          module: fc.constant('builtin/classifier'),
          arguments: fc.dictionary(fc.string(), fc.jsonValue())
        },
        { requiredKeys: ['kind', 'module', 'arguments'] }
      ) as fc.Arbitrary<TopologyNode>
    );
    const place = { x: fc.integer(), y: fc.integer() };
    const documents = fc
      .dictionary(id, fc.tuple(node, fc.record(place)), { maxKeys: 8 })
      .chain(nodes => {
        const ids = Object.keys(nodes);
        const end = fc.record({
          node: ids.length > 0 ? fc.constantFrom(...ids) : id,
          port: fc.string({ minLength: 1, maxLength: 9 })
        });
        return fc.record({
          title: text,
          edges: fc.array(fc.record({ from: end, to: end }), { maxLength: 8 }),
          nodes: fc.constant(nodes)
        });
      })
      .map(({ title, edges, nodes }) => ({
        ...emptyTopology(title),
        edges: edgesInOrder(edges),
        nodes: Object.fromEntries(
          Object.entries(nodes).map(([name, [one]]) => [name, one])
        ),
        layout: Object.fromEntries(
          Object.entries(nodes).map(([name, [, at]]) => [name, at])
        )
      }));
    fc.assert(
      fc.property(documents, document => {
        const written = writeTopology(document);
        const back = readTopology(written);
        expect(JSON.parse(JSON.stringify(back))).toEqual(
          JSON.parse(JSON.stringify(document))
        );
        expect(writeTopology(back)).toBe(written);
        // Whatever it is: what is wrong with it can be told.
        expect(() => checkGraph(back, portsIn(back))).not.toThrow();
      }),
      { numRuns: 60 }
    );
  });

  it('that was written by hand has its gaps filled and its edges read', () => {
    const short = {
      format: TOPOLOGY_FORMAT,
      nodes: { photos: PHOTOS, table: TABLE },
      edges: ['photos.file->table.in']
    };
    expect(readTopology(short)).toEqual({
      ...emptyTopology(),
      nodes: short.nodes,
      edges: [
        {
          from: { node: 'photos', port: 'file' },
          to: { node: 'table', port: 'in' }
        }
      ]
    });
  });

  it('goes through every migration that it lacks', () => {
    const steps = [1, 2, 3].map(
      step => (document: Record<string, unknown>) => ({
        ...document,
        trace: `${document.trace ?? ''}${step}`
      })
    );
    expect(migrateTopology({}, steps)).toEqual({ trace: '123', version: 3 });
    expect(migrateTopology({ version: 2 }, steps)).toEqual({
      trace: '3',
      version: 3
    });
    expect(TOPOLOGY_MIGRATIONS).toHaveLength(TOPOLOGY_VERSION);
  });

  it('of a newer version is refused in words', () => {
    const error = failureOf(() => readTopology({ ...GOOD, version: 7 }));
    expect(error.key).toBe('topology-newer');
    expect(error.detail).toContain('version 7');
  });

  it.each([
    ['{"format": 1,\n "x" }', 'line 2'],
    ['', 'empty'],
    [{ format: 'other' }, '`format`'],
    [{ ...GOOD, version: 'one' }, '`version`'],
    [{ ...GOOD, nodes: [] }, '`nodes`'],
    [{ ...GOOD, nodes: { A: TABLE } }, '“A”'],
    [{ ...GOOD, nodes: { a: { kind: 'magic' } } }, 'no kind of node “magic”'],
    [
      { ...GOOD, nodes: { a: { ...TABLE, file: 3 } } },
      '“a” is not valid: `file`'
    ],
    [{ ...GOOD, nodes: { a: { ...TABLE, colour: 1 } } }, '`colour`'],
    [{ ...GOOD, edges: [{ from: { node: 'a' } }] }, '`edges.0'],
    [{ ...GOOD, layout: { a: { x: 'far', y: 0 } } }, '`layout.a.x`'],
    [{ ...GOOD, extra: true }, '`extra`']
  ])('that is damaged is refused with its place (%#)', (given, place) => {
    const error = failureOf(() => readTopology(given));
    expect(error.key).toBe('topology-invalid');
    expect(error.detail).toContain(place);
  });
});

describe('ports', () => {
  it('of a module are its arguments and its answer', () => {
    const { inputs, outputs } = portsOf(classifier(), CLASSIFIER);
    expect(inputs.map(({ name, required }) => [name, required])).toEqual([
      ['image', true],
      ['top_k', undefined],
      ['note', undefined]
    ]);
    expect(inputs[0].type).toEqual({ kind: 'file', mediaTypes: ['image/*'] });
    expect(outputs).toEqual([{ name: 'answer', type: { kind: 'json' } }]);
    const csv = portsOf(
      { kind: 'module', module: 'm', arguments: {}, accept: 'text/csv' },
      PENGUINS
    );
    expect(csv.outputs[0].type).toEqual({
      kind: 'file',
      mediaTypes: ['text/csv']
    });
  });

  it.each([
    ['photos/*.jpg', ['image/jpeg']],
    ['**/*.{png,JPG}', ['image/png', 'image/jpeg']],
    ['**/*.{png,strange}', []],
    ['photos', []]
  ])('of files %s promise what the endings say', (pattern, mediaTypes) => {
    expect(portsOf({ kind: 'files', pattern }).outputs[0].type).toEqual({
      kind: 'file',
      mediaTypes
    });
  });

  const file = (...mediaTypes: string[]): PortType => ({
    kind: 'file',
    mediaTypes
  });
  const json = (schema?: unknown): PortType => ({ kind: 'json', schema });
  it.each<[PortType, PortType, string | undefined]>([
    [file('image/jpeg'), file('image/*'), undefined],
    [file(), file('image/*'), undefined],
    [file('text/csv'), file('image/*'), 'text/csv comes out'],
    [file('text/csv'), { kind: 'any' }, undefined],
    [file(), json(), 'A file comes out'],
    [json(), file(), 'A value comes out'],
    [json({ type: 'string' }), json({ type: 'number' }), 'Text comes out'],
    [json({ type: 'integer' }), json({ type: 'number' }), undefined],
    [json({ type: ['null', 'number'] }), json({ type: 'number' }), undefined],
    [json({ enum: ['a'] }), json({ type: 'boolean' }), 'Text comes out'],
    [json({}), json({ type: 'boolean' }), undefined],
    [
      json({ type: 'array', items: { type: 'string' } }),
      json({ type: 'array', items: { type: 'number' } }),
      'Of the lists: Text'
    ]
  ])('fit or say why not (%#)', (output, input, why) => {
    const said = portFit(output, input);
    expect(why === undefined ? said : said?.includes(why)).toBe(
      why === undefined ? undefined : true
    );
  });
});

describe('the rules of a topology', () => {
  const filter: TopologyNode = { kind: 'filter', condition: 'true' };
  const crop: TopologyNode = { kind: 'crop' };
  const list: TopologyNode = { kind: 'merge', manner: 'list' };

  it('find nothing in a good one', () => {
    expect(rulesOf(GOOD)).toEqual([]);
  });

  it.each<[string, TopologyDocument]>([
    ['empty', made({})],
    ['no-source', made({ table: TABLE })],
    ['no-sink', made({ photos: PHOTOS })],
    [
      'edge-twice',
      made(
        { photos: PHOTOS, table: TABLE },
        'photos.file -> table.in',
        'photos.file -> table.in'
      )
    ],
    [
      'edge-dangling',
      made({ photos: PHOTOS, table: TABLE }, 'photos.gone -> table.in')
    ],
    [
      'edge-dangling',
      made({ photos: PHOTOS, table: TABLE }, 'photos.file -> nobody.in')
    ],
    [
      'type',
      made(
        { photos: { ...PHOTOS, pattern: '*.wav' }, classify: classifier() },
        'photos.file -> classify.image'
      )
    ],
    [
      'type',
      made(
        {
          photos: { ...PHOTOS, pattern: '*.wav' },
          some: filter,
          classify: classifier()
        },
        'photos.file -> some.in',
        'some.out -> classify.image'
      )
    ],
    ['missing-argument', made({ photos: PHOTOS, classify: classifier() })],
    ['missing-input', made({ photos: PHOTOS, table: TABLE })],
    [
      'input-twice',
      made(
        { photos: PHOTOS, more: PHOTOS, some: filter },
        'photos.file -> some.in',
        'more.file -> some.in'
      )
    ],
    [
      'unknown-argument',
      made({ photos: PHOTOS, classify: classifier({ speed: 3 }) })
    ],
    [
      'argument-twice',
      made(
        {
          photos: PHOTOS,
          note: { kind: 'transform', expression: '"x"' },
          classify: classifier({ note: 'a' })
        },
        'photos.file -> classify.image',
        'photos.file -> note.value',
        'note.value -> classify.note'
      )
    ],
    ['cycle', made({ a: filter, b: filter }, 'a.out -> b.in', 'b.out -> a.in')],
    ['cycle', made({ a: filter }, 'a.out -> a.in')],
    ['unreachable', made({ photos: PHOTOS, some: filter, table: TABLE })],
    [
      'leads-nowhere',
      made(
        { photos: PHOTOS, some: filter, table: TABLE },
        'photos.file -> some.in'
      )
    ],
    [
      'mixed-origins',
      made(
        { photos: PHOTOS, more: PHOTOS, classify: classifier(), crop },
        'photos.file -> classify.image',
        'more.file -> crop.picture',
        'classify.answer -> crop.boxes'
      )
    ],
    [
      'mixed-origins',
      made(
        { photos: PHOTOS, more: PHOTOS, list },
        'photos.file -> list.in',
        'more.file -> list.in'
      )
    ],
    [
      'request-twice',
      made({
        a: { kind: 'request', inputs: {} },
        b: { kind: 'request', inputs: {} }
      })
    ],
    ['reply-twice', made({ a: { kind: 'reply' }, b: { kind: 'reply' } })],
    [
      'sink-shared',
      made({ a: TABLE, b: { kind: 'json-lines', file: './x/../out.csv' } })
    ],
    [
      'expression',
      made({ a: { kind: 'transform', expression: '$steps.nobody' } })
    ]
  ])('name %s, with reason and remedy (%#)', (rule, document) => {
    const found = checkGraph(document, portsIn(document));
    const problem = found.find(each => each.rule === rule);
    expect(problem).toBeDefined();
    expect(problem!.reason).toMatch(/\.$/);
    expect(problem!.remedy).toMatch(/\.$/);
  });

  it('do not hold ports against a module that nobody has asked', () => {
    const document = made(
      {
        photos: PHOTOS,
        unknown: { kind: 'module', module: 'x/y', arguments: { a: 1 } },
        table: TABLE
      },
      'photos.file -> unknown.anything',
      'unknown.answer -> table.in'
    );
    expect(checkGraph(document, portsIn(document), ['unknown'])).toEqual([]);
  });

  it('know what belongs together: boxes with their picture, and a merge with the source', () => {
    const document = made(
      {
        photos: PHOTOS,
        detect: classifier(),
        crop,
        classify: classifier(),
        list,
        table: TABLE
      },
      'photos.file -> detect.image',
      'photos.file -> crop.picture',
      'detect.answer -> crop.boxes',
      'crop.picture -> classify.image',
      'classify.answer -> list.in',
      'list.value -> table.in'
    );
    expect(rulesOf(document)).toEqual([]);
    expect(nodesInOrder(document).at(-1)).toBe('table');
    const { of } = scopesOf(document);
    expect(of.get('classify')).toEqual(['photos', 'crop']);
    expect(of.get('list')).toEqual(['photos']);
  });
});

describe('expressions', () => {
  it.each([
    ['$steps.classify.labels[0]', ['classify']],
    ['$steps . `my-node`.x & $steps.other', ['my-node', 'other']],
    ['"$steps.quoted" /* $steps.gone */', []],
    ['$lookup($steps, "a")', undefined],
    ['$.value', []]
  ])('of %s name the steps that they look at', (text, steps) => {
    expect(stepsIn(text)).toEqual(steps);
  });
});
