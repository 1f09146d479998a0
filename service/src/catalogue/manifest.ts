import { Ajv, ValidateFunction } from 'ajv';
import { Static, Type } from '@sinclair/typebox';
import { MetadataProblem } from '@jupyterlab-deep/protocol';

/** `module.json`: what the model folder says to us. */
const Manifest = Type.Object({
  name: Type.String(),
  version: Type.String(),
  license: Type.Optional(Type.String()),
  task: Type.String(),
  citation: Type.Optional(Type.String()),
  /** It is still being made, and in no list. */
  draft: Type.Optional(Type.Object({ name: Type.String() })),
  examples: Type.Optional(
    Type.Array(
      Type.Object({
        name: Type.String({ pattern: '^[A-Za-z0-9._-]+$' }),
        title: Type.String(),
        arguments: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
        files: Type.Optional(Type.Record(Type.String(), Type.String()))
      })
    )
  )
});
export type Manifest = Static<typeof Manifest>;

let validate: ValidateFunction<Manifest> | undefined;

/** The manifest, or what is wrong with it. */
export function readManifest(
  text: string
): Manifest | { problems: MetadataProblem[] } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const message = `module.json is not JSON: ${(error as Error).message}`;
    return { problems: [{ message, line: lineOf(error as Error, text) }] };
  }
  validate ??= new Ajv({ allErrors: true, strict: false }).compile(Manifest);
  if (validate(value)) {
    return value;
  }
  const problems = (validate.errors ?? []).map(
    ({ instancePath, params, message }) => ({
      key: [...instancePath.split('/').slice(1), params.missingProperty]
        .filter(part => part !== undefined)
        .join('.'),
      message: `module.json: it ${message}.`
    })
  );
  return { problems };
}

/** V8 names the position, people look for the line. */
function lineOf({ message }: Error, text: string): number | undefined {
  const position = /position (\d+)/.exec(message)?.[1];
  return position === undefined
    ? undefined
    : text.slice(0, Number(position)).split('\n').length;
}
