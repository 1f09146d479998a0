import type { RJSFSchema } from '@rjsf/utils';

type Values = Record<string, unknown>;

/**
 * Options whose fields depend on a choice, such as the inputs of a template, as a plain object of those that the present choice
 * has: our form, its check and what is sent know no other.
 */
export function chosenOptions(options: unknown, values: Values): RJSFSchema {
  const { dependencies, ...schema } = (options ?? {}) as RJSFSchema;
  return Object.entries(dependencies ?? {}).reduce(
    (merged, [name, dependency]) =>
      withBranch(merged, name, dependency, values[name]),
    schema
  );
}

function withBranch(
  schema: RJSFSchema,
  name: string,
  dependency: unknown,
  value: unknown
): RJSFSchema {
  const { oneOf = [] } = dependency as RJSFSchema;
  const { [name]: choice, ...others } = schema.properties ?? {};
  const chosen = value ?? (choice as RJSFSchema | undefined)?.default;
  const branch = (oneOf as RJSFSchema[]).find(each =>
    choicesOf(each.properties?.[name] as RJSFSchema).includes(chosen)
  );
  const { [name]: _, ...fields } = branch?.properties ?? {};
  return {
    ...schema,
    properties: { ...(choice && { [name]: choice }), ...others, ...fields },
    required: [
      ...new Set([...(schema.required ?? []), ...(branch?.required ?? [])])
    ]
  };
}

const choicesOf = (schema: RJSFSchema | undefined): unknown[] =>
  schema?.enum ?? (schema?.const === undefined ? [] : [schema.const]);
