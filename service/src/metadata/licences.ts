import { LicenceChoice, PreparedLicence } from '@jupyterlab-deep/protocol';
import { spdxOf } from '../catalogue/metadata/licence';
import { licenceText } from '../develop/scaffold/licenceText';
import { IModuleFolder } from './moduleFolder';

export const LICENCE_FILE = /^(licen[cs]e|copying)(\.(md|txt|rst))?$/i;

/** Of the GNU Affero licence nothing that this program is made of brings the text. */
export const LICENCES: readonly LicenceChoice[] = [
  { id: 'MIT', title: 'MIT' },
  { id: 'Apache-2.0', title: 'Apache 2.0' },
  { id: 'BSD-3-Clause', title: 'BSD 3-Clause' },
  { id: 'GPL-3.0-only', title: 'GPL 3.0' },
  {
    id: 'AGPL-3.0-only',
    title: 'AGPL 3.0',
    address: 'https://www.gnu.org/licenses/agpl-3.0.txt'
  }
];

const MARKS: [id: string, mark: RegExp][] = [
  ['AGPL', /GNU AFFERO GENERAL PUBLIC LICENSE/i],
  ['LGPL', /GNU LESSER GENERAL PUBLIC LICENSE/i],
  ['GPL', /GNU GENERAL PUBLIC LICENSE/i],
  ['Apache', /Apache License/i],
  ['MIT', /Permission is hereby granted, free of charge/i],
  ['BSD', /Redistribution and use in source and binary forms/i]
];

/** The start of a text is its own: further below it may speak of others. */
const START = 1500;

/** Family of the licence that a file has the text of, such as `GPL`; undefined where it has none that is known. */
export const familyIn = (text: string): string | undefined =>
  MARKS.find(([, mark]) => mark.test(text.slice(0, START)))?.[0];

export const isOfFamily = (id: string, family: string): boolean =>
  id === family || id.startsWith(`${family}-`);

/** What the folder says elsewhere that its licence is; empty where it does not. */
export async function declaredLicence({
  metadata,
  project,
  read
}: IModuleFolder): Promise<string> {
  const { license: first } = (metadata?.values ?? {}) as { license?: unknown };
  const citation = (await read('CITATION.cff')) ?? '';
  const [, cited = ''] = /^license:\s*["']?([^"'\n#]+)/m.exec(citation) ?? [];
  const said = [project?.licence, cited, first].find(
    (each): each is string => typeof each === 'string' && each.trim() !== ''
  );
  return said ? spdxOf(said) : '';
}

export interface IChosenLicence {
  choice: LicenceChoice;
  /** Undefined where it cannot be written from here. */
  text?: string;
}

/** What the user chose, else what the folder declares; nobody else chooses. */
export async function chosenLicence(
  folder: IModuleFolder,
  given: PreparedLicence | undefined,
  title: string
): Promise<IChosenLicence | undefined> {
  const id = given ?? (await declaredLicence(folder));
  const choice = LICENCES.find(each => each.id === id);
  if (!choice) {
    return undefined;
  }
  const holder =
    folder.project?.authors.join(', ') || `the authors of ${title}`;
  return choice.id === 'AGPL-3.0-only'
    ? { choice }
    : { choice, text: licenceText(choice.id, holder) };
}
