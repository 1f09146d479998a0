import { Static, Type } from '@sinclair/typebox';
import { SharedModule } from './sharing';

/** What a module can do, in the words of the catalogues (v1 keywords, v2 categories). */
export const Capability = Type.Union([
  Type.Literal('inference'),
  Type.Literal('trainable'),
  Type.Literal('pre-trained'),
  Type.Literal('tool')
]);
export type Capability = Static<typeof Capability>;

/** Something wrong with a module's metadata, for people. */
export const MetadataProblem = Type.Object({
  key: Type.Optional(
    Type.String({ description: 'Where, such as `links.source_code`.' })
  ),
  message: Type.String(),
  line: Type.Optional(Type.Integer({ minimum: 1 }))
});
export type MetadataProblem = Static<typeof MetadataProblem>;

/** A ready-made input that a module brings along, so that one click gives a result. */
export const ModuleExample = Type.Object({
  name: Type.String({
    description: 'Its key in requests; unique in the module.'
  }),
  title: Type.String(),
  arguments: Type.Record(Type.String(), Type.Unknown(), {
    description: 'Values of the predict arguments that are not files.'
  }),
  files: Type.Record(
    Type.String(),
    Type.Object({
      filename: Type.String(),
      contentType: Type.String(),
      sizeBytes: Type.Integer()
    }),
    { description: 'File arguments by name.' }
  )
});
export type ModuleExample = Static<typeof ModuleExample>;

/** Where a module was found. */
export const ModuleOrigin = Type.Object({
  source: Type.String({ description: 'Id of the source.' }),
  id: Type.String({ description: 'What the module is called there.' }),
  title: Type.String({ description: 'Title of the source.' }),
  url: Type.Optional(
    Type.String({ description: 'Of the file that describes it.' })
  )
});
export type ModuleOrigin = Static<typeof ModuleOrigin>;

/** What a module asks for, as far as it says so. */
export const ModuleResources = Type.Object({
  cpu: Type.Optional(Type.Number()),
  gpu: Type.Optional(Type.Number()),
  memoryMb: Type.Optional(Type.Number()),
  gpuMemoryMb: Type.Optional(Type.Number()),
  storageMb: Type.Optional(Type.Number())
});
export type ModuleResources = Static<typeof ModuleResources>;

/** A catalogue entry in one common shape, whatever its source. */
export const Module = Type.Object(
  {
    id: Type.String({
      description: '`source/name`',
      pattern: '^[a-z0-9-]+/[A-Za-z0-9._-]+$'
    }),
    source: Type.String(),
    name: Type.String(),
    title: Type.String(),
    summary: Type.String(),
    description: Type.String({ description: 'Markdown, not yet sanitised.' }),
    version: Type.String(),
    licence: Type.String({
      description: 'SPDX identifier, or empty when unknown.'
    }),
    capabilities: Type.Array(Capability),
    tasks: Type.Array(Type.String()),
    libraries: Type.Array(Type.String()),
    dataTypes: Type.Array(Type.String()),
    tags: Type.Array(Type.String()),
    input: Type.String({
      description: 'What goes in, in a word or two: `image`.'
    }),
    output: Type.String({ description: 'What comes out: `1,000 labels`.' }),
    links: Type.Record(Type.String(), Type.String()),
    image: Type.Optional(
      Type.String({ description: 'Container image reference.' })
    ),
    createdAt: Type.Optional(
      Type.String({ description: 'Date, `YYYY-MM-DD`.' })
    ),
    updatedAt: Type.Optional(
      Type.String({ description: 'Date, `YYYY-MM-DD`.' })
    ),
    doi: Type.Optional(Type.String()),
    metadataVersion: Type.Optional(
      Type.String({ description: 'Its shape: `1.0.0`, `2.3.0`.' })
    ),
    citation: Type.Optional(Type.String({ description: 'BibTeX' })),
    resources: Type.Optional(ModuleResources),
    trainingResources: Type.Optional(ModuleResources),
    runtime: Type.Union([
      Type.Literal('onnx'),
      Type.Literal('python'),
      Type.Literal('container')
    ]),
    sizeBytes: Type.Optional(
      Type.Integer({ description: 'Of the model folder, where it is here.' })
    ),
    shared: Type.Optional(SharedModule),
    examples: Type.Array(ModuleExample),
    problems: Type.Array(MetadataProblem),
    broken: Type.Boolean({
      description: 'It cannot be used; `problems` says why.'
    }),
    origins: Type.Array(ModuleOrigin, {
      description:
        'Every source that has it, the one that is shown first. One at least.'
    })
  },
  { $id: 'Module' }
);
export type Module = Static<typeof Module>;

/** What a module needs and this machine has not. */
const Lack = Type.Object({
  what: Type.Union([
    Type.Literal('cpu'),
    Type.Literal('gpu'),
    Type.Literal('memory'),
    Type.Literal('gpuMemory', { description: 'Of each GPU it needs.' }),
    Type.Literal('disk', { description: 'Free space.' })
  ]),
  needed: Type.Number({ description: 'CPUs, GPUs, or MB.' }),
  present: Type.Number()
});

/** Whether a module can run on this machine as it is. */
export const ModuleFit = Type.Object({
  state: Type.Union([
    Type.Literal('here', { description: 'It runs here.' }),
    Type.Literal('environment', {
      description: 'Python code: it runs here after its environment is made.'
    }),
    Type.Literal('running', { description: 'It runs, here or elsewhere.' }),
    Type.Literal('image', {
      description: 'It is a container image: an engine or a cloud runs it.'
    }),
    Type.Literal('lacking', {
      description: 'This machine has not what it needs.'
    }),
    Type.Literal('broken')
  ]),
  lacks: Type.Array(Lack),
  trainingLacks: Type.Optional(
    Type.Array(Lack, {
      description: 'Of what being trained takes; it may predict all the same.'
    })
  )
});
export type ModuleFit = Static<typeof ModuleFit>;

/** What a list shows of a module: all but the long texts. */
export const ModuleCard = Type.Composite(
  [
    Type.Omit(Module, ['description', 'citation', 'examples', 'links']),
    Type.Object({ fit: ModuleFit })
  ],
  { $id: 'ModuleCard' }
);
export type ModuleCard = Static<typeof ModuleCard>;

/** Reply of `GET /catalogue/modules/:source/:name`. */
export const ModuleDetail = Type.Composite(
  [Module, Type.Object({ fit: ModuleFit })],
  { $id: 'ModuleDetail' }
);
export type ModuleDetail = Static<typeof ModuleDetail>;

/** How modules are listed: the platform's API, the index of AI4OS, the index of DEEP, folders on disk. */
export const SourceKind = Type.Union([
  Type.Literal('papi'),
  Type.Literal('git-index'),
  Type.Literal('deep-index'),
  Type.Literal('folder')
]);
export type SourceKind = Static<typeof SourceKind>;

/** Where modules come from, with its state in words. */
export const CatalogueSource = Type.Object({
  id: Type.String(),
  title: Type.String(),
  kind: SourceKind,
  address: Type.String({
    description: 'What is asked: a URL, or folders.'
  }),
  enabled: Type.Boolean(),
  addedBy: Type.Union(
    [
      Type.Literal('default'),
      Type.Literal('administrator'),
      Type.Literal('user')
    ],
    { description: 'Only those of the user can be removed.' }
  ),
  canSwitch: Type.Boolean({
    description: 'False where the administrator has decided.'
  }),
  modules: Type.Integer({ minimum: 0 }),
  broken: Type.Integer({ minimum: 0, description: 'Of these.' }),
  isRefreshing: Type.Boolean(),
  progress: Type.Optional(
    Type.Object({ done: Type.Integer(), total: Type.Integer() })
  ),
  updatedAt: Type.Optional(
    Type.String({
      format: 'date-time',
      description: 'When it was last asked and answered.'
    })
  ),
  failingSince: Type.Optional(Type.String({ format: 'date-time' })),
  problem: Type.Optional(
    Type.String({ description: 'Why it failed, or what it left out.' })
  )
});
export type CatalogueSource = Static<typeof CatalogueSource>;

/** A source that the user adds. */
export const SourceRequest = Type.Object(
  {
    kind: SourceKind,
    title: Type.String({ minLength: 1, maxLength: 100 }),
    address: Type.String({
      minLength: 1,
      maxLength: 2000,
      description: 'A URL, or a folder for the kind `folder`.'
    }),
    allowPrivate: Type.Optional(
      Type.Boolean({
        description: 'The user confirmed an address that is not public.'
      })
    )
  },
  { additionalProperties: false }
);
export type SourceRequest = Static<typeof SourceRequest>;

/** What a list can be narrowed by, besides words. */
export const FACETS = [
  'fit',
  'capability',
  'task',
  'library',
  'dataType',
  'source',
  'licence'
] as const;
export type FacetName = (typeof FACETS)[number];

/** One value or several of a facet: a module fits that has any of them. */
const Values = Type.Optional(
  Type.Union([
    Type.Array(Type.String({ maxLength: 200 }), { maxItems: 50 }),
    Type.String({ maxLength: 200 })
  ])
);

export const CatalogueSort = Type.Union([
  Type.Literal('relevance', {
    description: 'Best match first; without words, by title.'
  }),
  Type.Literal('title'),
  Type.Literal('updated', { description: 'Latest first.' })
]);
export type CatalogueSort = Static<typeof CatalogueSort>;

/** Facets narrow together: a module must fit every one that is given. */
export const CatalogueQuery = Type.Object({
  text: Type.Optional(Type.String({ maxLength: 500 })),
  fit: Values,
  capability: Values,
  task: Values,
  library: Values,
  dataType: Values,
  source: Values,
  licence: Values,
  id: Type.Optional(
    Type.Union(
      [
        Type.Array(Type.String({ maxLength: 300 }), { maxItems: 500 }),
        Type.String({ maxLength: 300 })
      ],
      { description: 'Only these: favourites, recently used.' }
    )
  ),
  sort: Type.Optional(CatalogueSort),
  offset: Type.Optional(Type.Integer({ minimum: 0 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 }))
});
export type CatalogueQuery = Static<typeof CatalogueQuery>;

export const FacetValue = Type.Object({
  value: Type.String(),
  count: Type.Integer({
    description: 'Modules that would be shown if it were chosen alone.'
  })
});
export type FacetValue = Static<typeof FacetValue>;

/** Values of every facet, most frequent first. */
export const CatalogueFacets = Type.Object(
  Object.fromEntries(
    FACETS.map(name => [name, Type.Array(FacetValue)])
  ) as Record<FacetName, ReturnType<typeof Type.Array<typeof FacetValue>>>
);
export type CatalogueFacets = Static<typeof CatalogueFacets>;

/** Reply of `GET /catalogue/modules`. `suggestion` is a search that would have matched. */
export const CatalogueListing = Type.Object({
  modules: Type.Array(ModuleCard, {
    description: 'Those from `offset` on, `limit` at most (default 100).'
  }),
  matching: Type.Integer({ description: 'Modules that fit the query.' }),
  total: Type.Integer({
    description: 'Modules in all sources, before the query.'
  }),
  facets: CatalogueFacets,
  sources: Type.Array(CatalogueSource),
  suggestion: Type.Optional(Type.String())
});
export type CatalogueListing = Static<typeof CatalogueListing>;
