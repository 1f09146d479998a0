type Schema = Record<string, unknown>;

/**
 * The properties of a form by what is chosen in it: its own, and those of the branch (`dependencies`: `oneOf`) that the chosen
 * values lead to. Nobody is asked for what belongs to another choice.
 */
export function propertiesFor(
  schema: unknown,
  values: Record<string, unknown>
): Record<string, Schema> {
  const { properties = {}, dependencies = {} } = schema as {
    properties?: Record<string, Schema>;
    dependencies?: Record<string, { oneOf?: Schema[] }>;
  };
  const branches = Object.entries(dependencies).flatMap(([name, { oneOf }]) => {
    const value = values[name] ?? properties[name]?.default;
    const chosen = (oneOf ?? []).find(branch => takes(branch, name, value));
    const { [name]: _choice, ...rest } = (chosen?.properties ?? {}) as Record<
      string,
      Schema
    >;
    return Object.entries(rest);
  });
  return { ...properties, ...Object.fromEntries(branches) };
}

function takes(branch: Schema, name: string, value: unknown): boolean {
  const { [name]: choice } = (branch.properties ?? {}) as Record<
    string,
    { enum?: unknown[]; const?: unknown }
  >;
  return choice?.enum?.includes(value) ?? choice?.const === value;
}
