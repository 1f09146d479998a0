import { MetadataMigration, MetadataProblem } from '@jupyterlab-deep/protocol';
import { IParsed } from '../catalogue/metadata/parse';
import { editText } from './edit';

/** Keys of version 1 that version 2 forbids. */
const FORBIDDEN = [
  'tosca',
  'sources',
  'dataset_url',
  'cite_url',
  'date_creation',
  'keywords'
];

/** Metadata of version 2 by the newest schema: the rest of the text stays as it is. */
export async function renew(
  text: string,
  { value, lineOf }: IParsed,
  newest: string
): Promise<MetadataMigration> {
  const left = FORBIDDEN.filter(key => Object.hasOwn(value, key));
  const notes: MetadataProblem[] = left.map(key => ({
    key,
    line: lineOf([key]),
    message: `It belongs to version 1 and was taken away. It said: ${(JSON.stringify(value[key]) ?? '').slice(0, 200)}`
  }));
  let renewed = text;
  for (const key of left) {
    renewed = editText(renewed, [key], null);
  }
  if (value.metadata_version !== newest) {
    renewed = editText(renewed, ['metadata_version'], newest);
  }
  return { text: renewed, notes };
}
