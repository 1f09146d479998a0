import type { ModuleLicence } from '@jupyterlab-deep/protocol';
import apache2 from './licences/apache2.txt';
import bsd3 from './licences/bsd3.txt';
import gpl3 from './licences/gpl3.txt';
import mit from './licences/mit.txt';

const TEXTS: Record<Exclude<ModuleLicence, 'none'>, string> = {
  MIT: mit,
  'Apache-2.0': apache2,
  'BSD-3-Clause': bsd3,
  'GPL-3.0-only': gpl3
};

/** The text of a licence; undefined where none is wanted. */
export const licenceText = (
  licence: ModuleLicence,
  holder: string
): string | undefined =>
  licence === 'none'
    ? undefined
    : TEXTS[licence]
        .replaceAll('@YEAR@', String(new Date().getFullYear()))
        .replaceAll('@HOLDER@', holder || 'the authors');
