import { Module } from '@jupyterlab-deep/protocol';

type Cited = Pick<Module, 'name' | 'title' | 'createdAt' | 'links'>;

const DOI = /\b10\.\d{4,9}\/[^\s"<>?#{}]+/;

/** The DOI in a text or an address: `10.5281/zenodo.1234567`. */
export const bareDoi = (text: string | undefined): string | undefined =>
  DOI.exec(text ?? '')?.[0].replace(/[.,;)]+$/, '');

/** Characters that mean something to BibTeX. */
const escapeText = (text: string): string =>
  text.replace(/[\\{}~^]/g, '').replace(/[&%$#_]/g, '\\$&');

/** Addresses stand as they are, but may not end their field. */
const inBraces = (text: string): string => text.replace(/[{}\\\s]/g, '');

/**
 * A BibTeX entry of a module with a DOI, or with a page that says how to cite it. Authors are unknown to the catalogues.
 *
 * @param doi Of the module itself; a paper that it names has its own.
 */
export function citationOf(
  { name, title, createdAt, links }: Cited,
  doi: string | undefined
): string | undefined {
  if (!doi && !links.citation) {
    return undefined;
  }
  const cited = doi ?? bareDoi(links.citation);
  const url = links.citation ?? links.source_code;
  const fields = [
    `  title = {{${escapeText(title)}}}`,
    ...(createdAt ? [`  year = {${createdAt.slice(0, 4)}}`] : []),
    ...(cited ? [`  doi = {${inBraces(cited)}}`] : []),
    ...(url ? [`  url = {${inBraces(url)}}`] : [])
  ];
  const key = name.replace(/[^A-Za-z0-9-]+/g, '-');
  return `@${doi ? 'software' : 'misc'}{${key},\n${fields.join(',\n')}\n}`;
}
