import { encodedFile } from './base64';
import { IFileInside, IFilesPart, SHOWN } from './parts';

const VALUES_TRIED = 20_000;
const DEEPEST = 8;

/** The files inside an answer. `except` are texts that are shown otherwise. */
export function findFiles(
  body: unknown,
  except: ReadonlySet<string> = new Set()
): IFilesPart | null {
  const files: IFileInside[] = [];
  let total = 0;
  for (const [name, text] of textsIn(body)) {
    const file = encodedFile(text);
    if (file && !except.has(file.base64)) {
      total += 1;
      if (files.length < SHOWN.files) {
        files.push({ name: name || 'answer', ...file });
      }
    }
  }
  return total > 0 ? { kind: 'files', files, total } : null;
}

/** Every text with its place, as far as a bounded walk comes. */
function* textsIn(body: unknown): Generator<[name: string, text: string]> {
  let tried = 0;
  const open: [string, unknown, number][] = [['', body, 0]];
  while (open.length > 0 && ++tried <= VALUES_TRIED) {
    const [name, value, depth] = open.pop()!;
    if (typeof value === 'string') {
      yield [name, value];
    } else if (typeof value === 'object' && value && depth < DEEPEST) {
      const inner = childrenOf(name, value, depth + 1);
      open.push(...inner.reverse());
    }
  }
}

/** As many children of one value as are worth a look: lists of numbers may have millions. */
const CHILDREN_TRIED = 1000;

function childrenOf(
  name: string,
  value: object,
  depth: number
): [string, unknown, number][] {
  if (Array.isArray(value)) {
    return value
      .slice(0, CHILDREN_TRIED)
      .map((item, index) => [`${name}[${index}]`, item, depth]);
  }
  const children: [string, unknown, number][] = [];
  for (const key in value) {
    const inner = (value as Record<string, unknown>)[key];
    children.push([name ? `${name}.${key}` : key, inner, depth]);
    if (children.length === CHILDREN_TRIED) {
      break;
    }
  }
  return children;
}
