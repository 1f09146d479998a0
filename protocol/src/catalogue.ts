import { Static, Type } from '@sinclair/typebox';

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
    citation: Type.Optional(Type.String({ description: 'BibTeX' })),
    resources: Type.Optional(
      Type.Object({
        cpu: Type.Optional(Type.Number()),
        gpu: Type.Optional(Type.Number()),
        memoryMb: Type.Optional(Type.Number()),
        storageMb: Type.Optional(Type.Number())
      })
    ),
    runtime: Type.Union([
      Type.Literal('onnx'),
      Type.Literal('python'),
      Type.Literal('container')
    ]),
    sizeBytes: Type.Optional(
      Type.Integer({ description: 'Of the model folder, where it is here.' })
    ),
    examples: Type.Array(ModuleExample),
    problems: Type.Array(MetadataProblem),
    broken: Type.Boolean({
      description: 'It cannot be used; `problems` says why.'
    })
  },
  { $id: 'Module' }
);
export type Module = Static<typeof Module>;

/** Where modules come from, with its state in words. */
export const CatalogueSource = Type.Object({
  id: Type.String(),
  title: Type.String(),
  modules: Type.Integer({ minimum: 0 }),
  updatedAt: Type.Optional(Type.String({ format: 'date-time' })),
  problem: Type.Optional(Type.String())
});
export type CatalogueSource = Static<typeof CatalogueSource>;

export const CatalogueQuery = Type.Object({
  text: Type.Optional(Type.String({ maxLength: 500 })),
  capability: Type.Optional(Capability),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 }))
});
export type CatalogueQuery = Static<typeof CatalogueQuery>;

/** Reply of `GET /catalogue/modules`. `suggestion` is a search that would have matched. */
export const CatalogueListing = Type.Object({
  modules: Type.Array(Module),
  total: Type.Integer({
    description: 'Modules in all sources, before the query.'
  }),
  sources: Type.Array(CatalogueSource),
  suggestion: Type.Optional(Type.String())
});
export type CatalogueListing = Static<typeof CatalogueListing>;
