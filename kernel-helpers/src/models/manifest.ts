import { DeepError, ModelNetwork } from '@jupyterlab-deep/protocol';
import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

/** `module.json` of a model folder: what the folder says about itself beyond the Hugging Face files. */
export const ModelManifest = Type.Object({
  name: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' }),
  version: Type.Optional(Type.String()),
  license: Type.Optional(Type.String()),
  title: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  author: Type.Optional(Type.String()),
  task: Type.Optional(Type.String()),
  /** Where the file's tensors are not those that the task expects. */
  network: Type.Optional(ModelNetwork),
  /** Of a table model: its columns in the network's order. */
  features: Type.Optional(
    Type.Array(
      Type.Object({
        name: Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]*$' }),
        description: Type.Optional(Type.String()),
        /** What the first line of a table may call it instead. */
        column: Type.Optional(Type.String()),
        minimum: Type.Optional(Type.Number()),
        maximum: Type.Optional(Type.Number())
      }),
      { minItems: 1, maxItems: 500 }
    )
  ),
  /** Media types of replies, the first by default, and where a request names the one it wants. */
  accept: Type.Optional(
    Type.Object({
      types: Type.Array(Type.String(), { minItems: 1 }),
      in: Type.Union([Type.Literal('query'), Type.Literal('headers')])
    })
  ),
  examples: Type.Optional(
    Type.Array(
      Type.Object({
        name: Type.String({ minLength: 1 }),
        title: Type.String(),
        arguments: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
        files: Type.Optional(Type.Record(Type.String(), Type.String()))
      })
    )
  )
});
export type ModelManifest = Static<typeof ModelManifest>;

/** The part of `config.json` that is read. */
export const ModelConfig = Type.Object({
  model_type: Type.Optional(Type.String()),
  architectures: Type.Optional(Type.Array(Type.String())),
  /** 1: the network takes grey pictures. */
  num_channels: Type.Optional(Type.Union([Type.Literal(1), Type.Literal(3)])),
  hidden_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_536 })),
  id2label: Type.Optional(
    Type.Record(Type.String({ pattern: '^[0-9]+$' }), Type.String(), {
      additionalProperties: false
    })
  )
});
export type ModelConfig = Static<typeof ModelConfig>;

const Side = Type.Integer({ minimum: 1, maximum: 4096 });
const Size = Type.Union([
  Type.Object({ height: Side, width: Side }),
  Type.Object({ shortest_edge: Side }),
  Side
]);
const Channels = Type.Array(Type.Number(), { minItems: 1, maxItems: 3 });

/** The part of `preprocessor_config.json` that image classification reads. */
export const PreprocessorConfig = Type.Object({
  do_resize: Type.Optional(Type.Boolean()),
  size: Size,
  resample: Type.Optional(Type.Integer({ minimum: 0, maximum: 5 })),
  crop_pct: Type.Optional(
    Type.Union([Type.Null(), Type.Number({ exclusiveMinimum: 0, maximum: 1 })])
  ),
  do_center_crop: Type.Optional(Type.Boolean()),
  crop_size: Type.Optional(Size),
  do_rescale: Type.Optional(Type.Boolean()),
  rescale_factor: Type.Optional(Type.Number()),
  do_normalize: Type.Optional(Type.Boolean()),
  image_mean: Type.Optional(Channels),
  image_std: Type.Optional(Channels),
  /** Blue, green, red. */
  do_flip_channel_order: Type.Optional(Type.Boolean())
});
export type PreprocessorConfig = Static<typeof PreprocessorConfig>;

/**
 * The value that `text` holds as JSON.
 * @param fileName - Named in the `model-invalid` error when it is not JSON or breaks the schema.
 */
export function parseModelFile<T extends TSchema>(
  schema: T,
  text: string,
  fileName: string
): Static<T> {
  const value = parseJson(text, fileName);
  const problem = Value.Errors(schema, value).First();
  if (problem) {
    const where = problem.path.slice(1).replaceAll('/', '.');
    throw new DeepError(
      'model-invalid',
      `${fileName} is not valid${where ? ` at ${where}` : ''}: ${problem.message}.`,
      {
        hint: 'Correct it or get the model again.',
        place: { file: fileName, pointer: problem.path }
      }
    );
  }
  return value as Static<T>;
}

function parseJson(text: string, fileName: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DeepError('model-invalid', `${fileName} is not valid JSON.`, {
      hint: 'It may be damaged: get the model again.',
      technical: (error as Error).message,
      place: { file: fileName },
      cause: error
    });
  }
}
