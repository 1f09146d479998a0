/** Whether something that came from elsewhere has names with values. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A text that is there and says something. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined;

/** Names of values that nobody else may see. */
const SECRET =
  /(^|_)(pw|pwd|pass)(_|$)|passw|passphrase|secret|tokens?(_|$)|cred(ential)?s?(_|$)|api_?key|private_?key/i;

export const isSecretName = (name: string): boolean => SECRET.test(name);

/** `docker_image` as a person writes it. */
export function inWords(name: string): string {
  const words = name.replace(/[_-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
