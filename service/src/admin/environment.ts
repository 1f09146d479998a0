import { AdminConfig } from '@jupyterlab-deep/protocol';

type Environment = Record<string, string | undefined>;

interface ISchema {
  type?: string;
  properties?: Record<string, ISchema>;
}

/** One value of the administrator's file and the variable that overrides it. */
export interface IOverride {
  /** `limits.idleMinutes` */
  key: string;
  /** `DEEP_LIMITS_IDLE_MINUTES` */
  variable: string;
  type: string;
}

const upperSnake = (name: string): string =>
  name.replace(/[A-Z]/g, letter => `_${letter}`).toUpperCase();

/** Every variable that overrides a value, made from the schema. */
export function listOverrides(
  schema: ISchema = AdminConfig,
  path: string[] = []
): IOverride[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => {
    const keys = [...path, name];
    return inner.properties
      ? listOverrides(inner, keys)
      : [
          {
            key: keys.join('.'),
            variable: `DEEP_${keys.map(upperSnake).join('_')}`,
            type: inner.type ?? 'object'
          }
        ];
  });
}

/** What the environment overrides, in the shape of the file. Values that are no JSON stay text: the check refuses them. */
export function readOverrides(env: Environment): Record<string, unknown> {
  const config: Record<string, unknown> = {};
  for (const { key, variable, type } of listOverrides()) {
    const text = env[variable];
    if (text) {
      assign(config, key.split('.'), type === 'string' ? text : parse(text));
    }
  }
  return config;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function assign(
  target: Record<string, unknown>,
  [first, ...rest]: string[],
  value: unknown
): void {
  if (rest.length === 0) {
    target[first] = value;
    return;
  }
  target[first] ??= {};
  assign(target[first] as Record<string, unknown>, rest, value);
}
