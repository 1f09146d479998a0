import {
  checkArguments,
  IJsonSchema
} from '@jupyterlab-deep/kernel-helpers/deepaas';

/** What its user chose, with the defaults of the rest. */
export interface IChoices {
  /** Shown to everybody who may see the deployment. */
  open: Record<string, unknown>;
  /** Passwords, by the schema's word. */
  secret: Record<string, unknown>;
}

/**
 * Check what was chosen against the schema of a plan.
 *
 * @throws DeepError `invalid-arguments` with what is wrong, by name.
 */
export async function checkChoices(
  schema: unknown,
  chosen: Record<string, unknown>
): Promise<IChoices> {
  const { properties = {} } = schema as IJsonSchema;
  const defaults = Object.entries(properties).flatMap(
    ([name, { default: usual }]) =>
      usual === undefined ? [] : [[name, usual] as const]
  );
  const all = { ...Object.fromEntries(defaults), ...chosen };
  await checkArguments(schema as IJsonSchema, all, []);
  const isSecret = (name: string): boolean =>
    properties[name]?.format === 'password';
  const pick = (secret: boolean): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(all).filter(([name]) => isSecret(name) === secret)
    );
  return { open: pick(false), secret: pick(true) };
}
