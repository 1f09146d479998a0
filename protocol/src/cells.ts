import { Static, Type } from '@sinclair/typebox';

/** Of `metadata.deep` of a cell; a reader refuses a later one. */
export const CELL_VERSION = 1;

/** A file argument of a cell: nothing in it needs the service or this machine. */
export const CellFile = Type.Union([
  Type.Object(
    {
      from: Type.Literal('path'),
      path: Type.String({ description: 'Relative to the notebook.' })
    },
    { additionalProperties: false }
  ),
  Type.Object(
    { from: Type.Literal('url'), url: Type.String() },
    { additionalProperties: false }
  ),
  Type.Object(
    {
      from: Type.Literal('example'),
      example: Type.String({ description: 'Name of an example of the module.' })
    },
    { additionalProperties: false }
  )
]);
export type CellFile = Static<typeof CellFile>;

/** What the form of a module held when a cell was made of it: `metadata.deep` of the cell. */
export const CellForm = Type.Object({
  version: Type.Literal(CELL_VERSION),
  module: Type.String({ description: 'Module id.' }),
  language: Type.Union([Type.Literal('typescript'), Type.Literal('python')]),
  arguments: Type.Record(Type.String(), Type.Unknown(), {
    description: 'Without files and passwords.'
  }),
  files: Type.Record(Type.String(), CellFile),
  accept: Type.Optional(
    Type.String({ description: 'Media type of the answer.' })
  )
});
export type CellForm = Static<typeof CellForm>;
