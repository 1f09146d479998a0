/** One entry of a `.gitmodules`. */
export interface ISubmodule {
  path: string;
  url: string;
  branch?: string;
}

/** A file of git's configuration: sections in brackets, keys with values; `#` and `;` begin comments. */
const SECTION = /^\[\s*submodule\s+"((?:[^"\\]|\\.)*)"\s*\]\s*(?:[#;].*)?$/i;
const ANY_SECTION = /^\[/;
const ENTRY = /^([A-Za-z][A-Za-z0-9-]*)\s*=\s*(.*)$/;

/**
 * The submodules in their order.
 *
 * @returns `incomplete`: names of sections without path or url.
 */
export function parseGitmodules(text: string): {
  submodules: ISubmodule[];
  incomplete: string[];
} {
  const sections: { name: string; values: Map<string, string> }[] = [];
  let isOurs = false;
  for (const line of text.split(/\r?\n/).map(each => each.trim())) {
    const name = SECTION.exec(line)?.[1];
    if (name !== undefined) {
      sections.push({ name, values: new Map() });
      isOurs = true;
    } else if (ANY_SECTION.test(line)) {
      isOurs = false;
    } else if (isOurs) {
      const [, key, value] = ENTRY.exec(line) ?? [];
      if (key) {
        sections.at(-1)?.values.set(key.toLowerCase(), valueOf(value));
      }
    }
  }
  const isWhole = ({ values }: (typeof sections)[number]): boolean =>
    Boolean(values.get('path') && values.get('url'));
  return {
    submodules: sections.filter(isWhole).map(({ values }) => ({
      path: values.get('path') ?? '',
      url: values.get('url') ?? '',
      branch: values.get('branch')
    })),
    incomplete: sections
      .filter(section => !isWhole(section))
      .map(({ name }) => name)
  };
}

/** Quotation marks take the meaning from spaces and comment signs. */
function valueOf(text: string): string {
  const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(text)?.[1];
  return quoted === undefined
    ? text.replace(/\s*[#;].*$/, '')
    : quoted.replace(/\\(.)/g, '$1');
}
