/** Real metadata: the folder `catalogue`, whose SOURCES.tsv says which file of which repository each is. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * @param {string} data - Has the folder `catalogue`.
 * @returns {{owner: string, repo: string, file: string, body: Buffer}[]}
 */
export function readReal(data) {
  const folder = path.join(data, 'catalogue');
  const [head, ...lines] = readFileSync(
    path.join(folder, 'SOURCES.tsv'),
    'utf8'
  )
    .trim()
    .split('\n');
  const columns = head.split('\t');
  return lines.map(line => {
    const values = line.split('\t');
    const value = name => values[columns.indexOf(name)];
    const [owner, repo] = value('repo').split('/');
    return {
      owner,
      repo,
      file: value('path'),
      body: readFileSync(path.join(folder, value('file')))
    };
  });
}
