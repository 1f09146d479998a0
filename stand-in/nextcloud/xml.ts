/** The little XML that clients send, and the escaping for what goes out. */

export interface IElement {
  /** `{namespace}local`. */
  name: string;
  children: IElement[];
  text: string;
}

const TOKENS = /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<(\/?)([^\s/>]+)([^>]*?)(\/?)>/g;
const NAMESPACES = /\bxmlns(?::([\w-]+))?\s*=\s*["']([^"']*)["']/g;
const ENTITIES: Record<string, string> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'"
};

export const escapeXml = (text: string) =>
  text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');

const unescapeXml = (text: string) =>
  text.replace(/&(#x?)?(\w+);/g, (all, number, name) => {
    const code = number && parseInt(name, number === '#x' ? 16 : 10);
    return code ? String.fromCodePoint(code) : (ENTITIES[name] ?? all);
  });

type Prefixes = Record<string, string>;

function prefixesOf(attributes: string, outer: Prefixes): Prefixes {
  const found = [...attributes.matchAll(NAMESPACES)];
  return {
    ...outer,
    ...Object.fromEntries(found.map(each => [each[1] ?? '', each[2]]))
  };
}

function expand(name: string, prefixes: Prefixes): string {
  const [local, prefix = ''] = name.split(':').reverse();
  return `{${prefixes[prefix] ?? ''}}${local}`;
}

/** The root element, or undefined where there is none. */
export function parseXml(text: string): IElement | undefined {
  const top: IElement = { name: '', children: [], text: '' };
  const open: { element: IElement; prefixes: Prefixes }[] = [
    { element: top, prefixes: {} }
  ];
  let last = 0;
  for (const token of text.matchAll(TOKENS)) {
    const [all, closing, name, attributes = '', empty] = token;
    const { element: inside, prefixes: outer } = open.at(-1)!;
    inside.text += unescapeXml(text.slice(last, token.index));
    last = token.index + all.length;
    if (closing) {
      open.pop();
    } else if (name) {
      const prefixes = prefixesOf(attributes, outer);
      const element = { name: expand(name, prefixes), children: [], text: '' };
      inside.children.push(element);
      if (!empty) {
        open.push({ element, prefixes });
      }
    }
  }
  return top.children[0];
}

/** The first element of a local name, at any depth. */
export function findElement(
  element: IElement | undefined,
  local: string
): IElement | undefined {
  if (!element || element.name.endsWith(`}${local}`)) {
    return element;
  }
  for (const child of element.children) {
    const found = findElement(child, local);
    if (found) {
      return found;
    }
  }
  return undefined;
}
