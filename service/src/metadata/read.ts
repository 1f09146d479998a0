import { MetadataProblem } from '@jupyterlab-deep/protocol';
import {
  excessIn,
  IParsed,
  parseJson,
  parseYaml
} from '../catalogue/metadata/parse';
import { hasSecondShape } from '../catalogue/metadata/readModule';

export type ReadText = (IParsed & { version: 1 | 2 }) | MetadataProblem;

/** Metadata in an editor, whichever version: JSON begins with a brace, and is the older one where its keys do not tell. */
export async function readText(text: string): Promise<ReadText> {
  if (text.trim() === '') {
    return { value: {}, lineOf: () => undefined, version: 2 };
  }
  const isJson = text.trimStart().startsWith('{');
  const parsed = isJson ? parseJson(text) : await parseYaml(text);
  if ('problem' in parsed) {
    return parsed.problem;
  }
  const excess = excessIn(parsed);
  if (excess) {
    return excess;
  }
  const file = isJson ? 'metadata.json' : 'ai4-metadata.yml';
  return { ...parsed, version: hasSecondShape(parsed.value, file) ? 2 : 1 };
}

export const isReadable = (
  read: ReadText
): read is IParsed & { version: 1 | 2 } => 'value' in read;
