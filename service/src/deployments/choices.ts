import {
  checkArguments,
  IJsonSchema
} from '@jupyterlab-deep/kernel-helpers/deepaas';
import { propertiesFor } from '@jupyterlab-deep/protocol';
import { isRecord, isSecretName } from './targets/shapes';

type Values = Record<string, unknown>;

/** What its user chose, with the defaults of the rest. */
export interface IChoices {
  /** Shown to everybody who may see the deployment. */
  open: Values;
  /** Passwords, by the schema's word; in groups as the schema has them. */
  secret: Values;
}

/**
 * Check what was chosen against the schema of a plan.
 *
 * @throws DeepError `invalid-arguments` with what is wrong, by name.
 */
export async function checkChoices(
  schema: unknown,
  chosen: Values
): Promise<IChoices> {
  const properties = propertiesFor(schema, chosen);
  const defaults = Object.entries(properties).flatMap(
    ([name, { default: usual }]) =>
      usual === undefined ? [] : [[name, usual] as const]
  );
  const all = { ...Object.fromEntries(defaults), ...chosen };
  await checkArguments(schema as IJsonSchema, all, []);
  return { open: openOf(properties, all), secret: secretOf(properties, all) };
}

/** Passwords back in their places. */
export function mergedChoices(open: Values, secret: Values): Values {
  const merged = { ...open };
  for (const [name, value] of Object.entries(secret)) {
    const group = merged[name];
    merged[name] =
      isRecord(group) && isRecord(value) ? mergedChoices(group, value) : value;
  }
  return merged;
}

type Properties = Record<string, Values | undefined>;

const partsOf = (schema: Values | undefined): Properties =>
  isRecord(schema?.properties) ? (schema.properties as Properties) : {};

/** What no schema has a word on is judged by its name. */
const isSecret = (name: string, schema: Values | undefined): boolean =>
  schema ? schema.format === 'password' : isSecretName(name);

const openOf = (properties: Properties, values: Values): Values =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([name]) => !isSecret(name, properties[name]))
      .map(([name, value]) => [
        name,
        isRecord(value) ? openOf(partsOf(properties[name]), value) : value
      ])
  );

const secretOf = (properties: Properties, values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => {
      if (isSecret(name, properties[name])) {
        return [[name, value]];
      }
      const parts = isRecord(value)
        ? secretOf(partsOf(properties[name]), value)
        : {};
      return Object.keys(parts).length > 0 ? [[name, parts]] : [];
    })
  );
