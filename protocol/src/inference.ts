import { Static, Type } from '@sinclair/typebox';
import { CellFile } from './cells';
import { Consent } from './pythonModules';

/** Where a file argument comes from. */
export const FileInput = Type.Union([
  Type.Object(
    {
      from: Type.Literal('jupyter'),
      path: Type.String({ description: 'Below the root of Jupyter.' })
    },
    { additionalProperties: false }
  ),
  Type.Object(
    {
      from: Type.Literal('path'),
      path: Type.String({
        description: 'Absolute, on this machine; kernels only.'
      })
    },
    { additionalProperties: false }
  ),
  Type.Object(
    {
      from: Type.Literal('upload'),
      id: Type.String({ description: 'Of a finished upload.' })
    },
    { additionalProperties: false }
  ),
  Type.Object(
    { from: Type.Literal('example'), example: Type.String() },
    { additionalProperties: false }
  ),
  Type.Object(
    {
      from: Type.Literal('url'),
      url: Type.String({
        maxLength: 4000,
        description: 'Fetched by the service when the prediction begins.'
      }),
      allowPrivate: Type.Optional(
        Type.Boolean({
          description: 'The user confirmed an address that is not public.'
        })
      )
    },
    { additionalProperties: false }
  )
]);
export type FileInput = Static<typeof FileInput>;

export const PredictionRequest = Type.Object(
  {
    module: Type.String(),
    arguments: Type.Record(Type.String(), Type.Unknown()),
    files: Type.Record(Type.String(), FileInput),
    accept: Type.Optional(
      Type.String({ description: 'Exactly one media type.' })
    ),
    consent: Type.Optional(Consent)
  },
  { additionalProperties: false }
);
export type PredictionRequest = Static<typeof PredictionRequest>;

export const UploadRequest = Type.Object(
  {
    filename: Type.String({
      minLength: 1,
      maxLength: 255,
      description: 'Without folders and control characters.',
      pattern: '^[^\\x00-\\x1f\\x7f/]*[^\\x00-\\x1f\\x7f/\\\\]$'
    }),
    sizeBytes: Type.Integer({ minimum: 0 }),
    contentType: Type.Optional(
      Type.String({ pattern: '^[\\w.+-]+/[\\w.+-]+(;[ -~]*)?$' })
    )
  },
  { additionalProperties: false }
);
export type UploadRequest = Static<typeof UploadRequest>;

export const Upload = Type.Object({
  id: Type.String(),
  filename: Type.String(),
  sizeBytes: Type.Integer(),
  receivedBytes: Type.Integer()
});
export type Upload = Static<typeof Upload>;

/** Largest piece of an upload, bytes: the door buffers each piece. */
export const UPLOAD_PIECE_BYTES = 8 * 1024 * 1024;

/** One class of an image classification, as module-runtime answers it. */
export const ClassScore = Type.Object({
  label: Type.String(),
  probability: Type.Number({ minimum: 0, maximum: 1 }),
  index: Type.Integer({
    minimum: 0,
    description: 'Class number; labels may repeat.'
  })
});
export type ClassScore = Static<typeof ClassScore>;

/** A notebook that does what the form did. */
export const NotebookRequest = Type.Object(
  {
    module: Type.String(),
    language: Type.Union([Type.Literal('typescript'), Type.Literal('python')]),
    arguments: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    files: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Union([
          Type.String({ description: 'Path as the notebook should write it.' }),
          CellFile
        ])
      )
    ),
    accept: Type.Optional(
      Type.String({ description: 'Exactly one media type.' })
    ),
    secrets: Type.Optional(
      Type.Array(Type.String(), {
        description: 'Arguments that are passwords, without their values.'
      })
    ),
    unreachable: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description: 'Names of files that a notebook cannot read, by argument.'
      })
    )
  },
  { additionalProperties: false }
);
export type NotebookRequest = Static<typeof NotebookRequest>;
export const NotebookReply = Type.Object({
  filename: Type.String({
    description: 'Suggested; the caller never overwrites.'
  }),
  notebook: Type.Unknown({ description: 'nbformat 4.5' })
});
export type NotebookReply = Static<typeof NotebookReply>;
