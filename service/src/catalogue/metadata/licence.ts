/** SPDX identifiers that licences of software and models have; https://spdx.org/licenses. */
export const SPDX: readonly string[] = [
  '0BSD',
  'AFL-3.0',
  'AGPL-3.0-only',
  'AGPL-3.0-or-later',
  'Apache-2.0',
  'Artistic-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BSD-3-Clause-Clear',
  'BSL-1.0',
  'CC-BY-4.0',
  'CC-BY-NC-4.0',
  'CC-BY-NC-ND-4.0',
  'CC-BY-NC-SA-4.0',
  'CC-BY-ND-4.0',
  'CC-BY-SA-4.0',
  'CC0-1.0',
  'CECILL-2.1',
  'CECILL-B',
  'CECILL-C',
  'ECL-2.0',
  'EPL-1.0',
  'EPL-2.0',
  'EUPL-1.1',
  'EUPL-1.2',
  'GPL-2.0-only',
  'GPL-2.0-or-later',
  'GPL-3.0-only',
  'GPL-3.0-or-later',
  'ISC',
  'LGPL-2.1-only',
  'LGPL-2.1-or-later',
  'LGPL-3.0-only',
  'LGPL-3.0-or-later',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'MS-PL',
  'NCSA',
  'ODbL-1.0',
  'OSL-3.0',
  'PostgreSQL',
  'Python-2.0',
  'Unlicense',
  'WTFPL',
  'Zlib'
];

const NONE =
  /^(no|none|unknown|other|noassertion|n\/?a|-|null)$|^no licen[cs]e/i;
const MAX_LENGTH = 100;

/** Letters and digits tell licences apart: `Apache 2.0`, `APACHE_2_0`, `apache-2.0`. */
const squeeze = (text: string): string =>
  text.toLowerCase().replace(/[^a-z0-9]/g, '');

const bySqueezed = new Map(SPDX.map(id => [squeeze(id), id]));

/** Names without number: the one that is meant. */
const FAMILIES = new Map([
  ['apache', 'Apache-2.0'],
  ['asl', 'Apache-2.0'],
  ['bsd', 'BSD-3-Clause'],
  ['bsd3', 'BSD-3-Clause'],
  ['newbsd', 'BSD-3-Clause'],
  ['bsd2', 'BSD-2-Clause'],
  ['simplifiedbsd', 'BSD-2-Clause'],
  ['expat', 'MIT']
]);

/** Licences of GNU by what they are called: short, in full. */
const GNU: [string, RegExp][] = [
  ['AGPL', /\bagpl|affero/],
  ['LGPL', /\blgpl|lesser/],
  ['GPL', /\bgpl|general public/]
];

/** The SPDX identifier that a text means; empty for none, the text itself where nobody knows. */
export function spdxOf(text: string): string {
  const words = text.replace(/\s+/g, ' ').trim().slice(0, MAX_LENGTH);
  if (words === '' || NONE.test(words)) {
    return '';
  }
  return known(words) ?? gnu(words) ?? known(withoutNoise(words)) ?? words;
}

function known(words: string): string | undefined {
  const squeezed = squeeze(words);
  return (
    bySqueezed.get(squeezed) ??
    // `Apache 2`: numbers of versions are written without their zero.
    bySqueezed.get(`${squeezed}0`) ??
    FAMILIES.get(squeezed)
  );
}

/** `The MIT License (MIT)`, `Apache License, Version 2.0`. */
const withoutNoise = (words: string): string =>
  words
    .replace(/\(.*?\)/g, '')
    .replace(/\b(the|licen[cs]ed?|version|software|v(?=\d))\b/gi, '')
    .replace(/\bv(?=\d)/gi, '');

function gnu(words: string): string | undefined {
  const text = words.toLowerCase().replaceAll('_', ' ');
  const family = GNU.find(([, name]) => name.test(text))?.[0];
  const version = /(\d)(?:[. ](\d))?/.exec(text);
  if (!family || !version) {
    return undefined;
  }
  const orLater = /or[- ]?(any )?later|\+/.test(text) ? 'or-later' : 'only';
  const id = `${family}-${version[1]}.${version[2] ?? 0}-${orLater}`;
  return SPDX.includes(id) ? id : undefined;
}
