import { Ajv, ValidateFunction } from 'ajv';
import { Static, Type } from '@sinclair/typebox';
import { MetadataProblem } from '@jupyterlab-deep/protocol';
import { parseJson } from './metadata/parse';

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
  const parsed = parseJson(text);
  if ('problem' in parsed) {
    const { message, line } = parsed.problem;
    return { problems: [{ message: `module.json: ${message}`, line }] };
  }
  validate ??= new Ajv({ allErrors: true, strict: false }).compile(Manifest);
  if (validate(parsed.value)) {
    return parsed.value;
  }
  const problems = (validate.errors ?? []).map(
    ({ instancePath, params, message }) => {
      const keys = instancePath.split('/').slice(1);
      return {
        key: [...keys, params.missingProperty]
          .filter(part => part !== undefined)
          .join('.'),
        message: `module.json: it ${message}.`,
        line: parsed.lineOf(keys)
      };
    }
  );
  return { problems };
}
