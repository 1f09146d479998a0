import { DeepError, ImEntry, ImEntryRequest } from '@jupyterlab-deep/protocol';

/** The entry by which the Infrastructure Manager itself knows its user. */
const MANAGER = 'InfrastructureManager';
/** Two characters, a backslash and an n: the header is one line. */
const BETWEEN_ENTRIES = '\\n';
const BETWEEN_FIELDS = '; ';
/** These are told to pages; everything else of an entry is not. */
const SHOWN = ['host', 'username'] as const;

/**
 * Check credentials for an Infrastructure Manager before they are kept: it splits its header at `\n` and `;` and takes quotation marks
 * away, and has no way to escape them.
 *
 * @throws DeepError `invalid-arguments` naming the entries and fields.
 */
export function checkEntries(entries: readonly ImEntryRequest[]): void {
  const wrong: Record<string, string[]> = {};
  entries.forEach((entry, index) => {
    for (const [name, value] of Object.entries(entry.fields)) {
      const reason = faultOf(name, value);
      if (reason) {
        (wrong[`entries.${index}.fields.${name}`] ??= []).push(reason);
      }
    }
    const lack = lackOf(entry);
    if (lack) {
      (wrong[`entries.${index}`] ??= []).push(lack);
    }
  });
  const managers = entries.filter(({ type }) => type === MANAGER).length;
  if (managers !== 1) {
    wrong.entries = [
      `There is one entry of the type ${MANAGER}: who you are for the Infrastructure Manager itself. There are ${managers} here.`
    ];
  }
  const said = Object.values(wrong).flat();
  if (said.length > 0) {
    throw new DeepError('invalid-arguments', said.join(' '), { fields: wrong });
  }
}

/**
 * The value of the header `Authorization`: one line.
 *
 * @param tokens Of the accounts that entries name, by id.
 */
export const headerOf = (
  entries: readonly ImEntryRequest[],
  tokens: ReadonlyMap<string, string>
): string =>
  entries
    .map(({ account, fields, id, type }) =>
      Object.entries({
        ...(id && { id }),
        type,
        ...fields,
        ...(account && { token: tokens.get(account) ?? '' })
      })
        .map(([name, value]) => `${name} = ${quoted(value)}`)
        .join(BETWEEN_FIELDS)
    )
    .join(BETWEEN_ENTRIES);

/** An equals sign inside of a value would end the entry there, without a word. */
const quoted = (value: string): string =>
  value.includes('=') ? `"${value}"` : value;

/** An entry without what is secret in it. */
export function shownEntry(entry: ImEntryRequest): ImEntry {
  const { account, fields, id, type } = entry;
  const names = [...Object.keys(fields), ...(account ? ['token'] : [])];
  return {
    type,
    ...(id && { id }),
    ...(account && { account }),
    ...Object.fromEntries(
      SHOWN.filter(name => fields[name]).map(name => [name, fields[name]])
    ),
    fields: names
  };
}

function faultOf(name: string, value: string): string | undefined {
  if (name === 'type' || name === 'id') {
    return `“${name}” stands beside the fields, not among them.`;
  }
  const found = FAULTS.find(([pattern]) => pattern.test(value));
  // The value may be a password: it is not repeated.
  return (
    found &&
    `The value of “${name}” holds ${found[1]}, which the Infrastructure Manager cannot be given.`
  );
}

const FAULTS: [pattern: RegExp, words: string][] = [
  [/["']/, 'a quotation mark'],
  [/[\r\n]/, 'a line break'],
  [/;/, 'a semicolon'],
  [/\\n/, 'a backslash with an n'],
  [/^\s|\s$/, 'a space at its beginning or end'],
  // It would read a file of its own machine.
  [/^file\(/, 'a reference to a file'],

  [/[\x00-\x1f\x7f]/, 'a control character'],
  [/[^\x20-\xff]/, 'a letter that a header cannot carry']
];

function lackOf({ account, fields, type }: ImEntryRequest): string | undefined {
  if (account && fields.token) {
    return `The entry ${type} has a token of its own and that of an account.`;
  }
  const isKnown =
    account || fields.token || (fields.username && fields.password);
  return type === MANAGER && !isKnown
    ? `The entry ${MANAGER} needs a user name and a password, or a token.`
    : undefined;
}
