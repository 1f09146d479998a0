import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { PreparationCheck } from '@jupyterlab-deep/protocol';
import { ENTRY_POINTS } from '../pythonModules/project';
import {
  aboutBranch,
  aboutBuild,
  aboutContainer,
  aboutImage,
  aboutVersion
} from './buildChecks';
import {
  declaredLicence,
  familyIn,
  isOfFamily,
  LICENCE_FILE
} from './licences';
import { IModuleFolder } from './moduleFolder';
import { linksOf, named, note, ok, Outcome, wrong } from './outcome';
import { linkFault } from './ownChecks';
import { README_FILE } from './preparedFiles';

type Check = (folder: IModuleFolder) => Outcome | Promise<Outcome>;

/** What the maintainers look at before they take a module, in the order in which a person mends it. */
const CHECKS: [id: string, title: string, check: Check][] = [
  ['metadata', 'Metadata', aboutMetadata],
  ['name', 'Name', aboutName],
  ['licence', 'Licence', aboutLicence],
  ['readme', 'README', aboutReadme],
  ['source', 'Repository', aboutSource],
  ['branch', 'Branch', aboutBranch],
  ['links', 'Links', aboutLinks],
  ['entry-point', 'Entry point', aboutEntryPoint],
  ['tests', 'Tests', aboutTests],
  ['container', 'Dockerfile', aboutContainer],
  ['build', 'Build', aboutBuild],
  ['image', 'Image', aboutImage],
  ['version', 'Version', aboutVersion],
  ['citation', 'Citation', aboutCitation]
];

export const checkFolder = (
  folder: IModuleFolder
): Promise<PreparationCheck[]> =>
  Promise.all(
    CHECKS.map(async ([id, title, check]) => ({
      id,
      title,
      ...(await check(folder))
    }))
  );

function aboutMetadata({ metadata, metadataFile }: IModuleFolder): Outcome {
  if (!metadata || !metadataFile) {
    return wrong(
      'There is no ai4-metadata.yml.',
      'Have it written here, then fill it in.'
    );
  }
  if (metadata.version === 1) {
    return wrong(
      `${metadataFile} is of version 1, which the platform takes no more.`,
      'Have ai4-metadata.yml written from it here.',
      metadataFile
    );
  }
  const errors = metadata.problems.filter(
    ({ severity }) => severity === 'error'
  );
  if (errors.length > 0) {
    const [{ key = '', message, line }] = errors;
    const more = errors.length > 1 ? ` (${errors.length} problems)` : '';
    return {
      ...wrong(
        `${key ? `${key}: ` : ''}${message}${more}`,
        'Open it: every problem leads to its line.',
        metadataFile
      ),
      ...(line && { line })
    };
  }
  const notes = metadata.problems.length;
  return metadataFile !== 'ai4-metadata.yml'
    ? wrong(
        `The platform reads ai4-metadata.yml, and finds no ${metadataFile}.`,
        'Rename it.',
        metadataFile
      )
    : notes > 0
      ? note(
          `They are valid by schema ${metadata.schema}; ${notes} places could be better.`,
          'Open it to see them.',
          metadataFile
        )
      : ok(`They are valid by schema ${metadata.schema}.`, metadataFile);
}

/** The template of the platform makes no longer names. */
const MOST_WORDS = 4;

function aboutName({ name }: IModuleFolder): Outcome {
  const said = `The folder is called ${name}.`;
  return !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)
    ? note(
        said,
        'Repositories of the platform have small letters, digits and hyphens.'
      )
    : name.split('-').length > MOST_WORDS
      ? note(said, `The platform’s names have ${MOST_WORDS} words at most.`)
      : ok(said);
}

async function aboutLicence(folder: IModuleFolder): Promise<Outcome> {
  const file = named(folder, LICENCE_FILE);
  const remedy =
    'Choose a licence (MIT, Apache 2.0, BSD and AGPL are common) and have its text written into LICENSE: the platform takes it from there.';
  const text = file && (await folder.read(file));
  if (!file || !text?.trim()) {
    return file
      ? wrong(`${file} is empty.`, remedy, file)
      : wrong('There is no LICENSE: nobody may use the module.', remedy);
  }
  const family = familyIn(text);
  const declared = await declaredLicence(folder);
  return family && declared && !isOfFamily(declared, family)
    ? note(
        `${file} has the text of ${family}, and the project says ${declared}.`,
        'The platform goes by the file: let both say the same.',
        file
      )
    : ok(firstLine(text), file);
}

const firstLine = (text: string): string =>
  text.trim().split('\n')[0].trim().slice(0, 80);

async function aboutReadme(folder: IModuleFolder): Promise<Outcome> {
  const file = named(folder, README_FILE);
  const text = file && (await folder.read(file));
  return text && text.trim().length >= 100
    ? ok('It is there.', file)
    : wrong(
        file ? `${file} says next to nothing.` : 'There is no README.',
        'Say what the module does, what it takes, what it gives, and how it is run; one that says what the metadata say can be written here.',
        file
      );
}

async function aboutSource(folder: IModuleFolder): Promise<Outcome> {
  const { source_code: source = '' } = linksOf(folder);
  const fault = linkFault('source_code', source);
  if (fault) {
    return wrong(
      `links.source_code: ${source === '' ? 'It is missing.' : fault}`,
      'Give the address of the repository; the maintainers make one in ai4os-hub on request.',
      folder.metadataFile
    );
  }
  const remotes = (await folder.read('.git/config')) ?? '';
  const bare = source.replace(/\.git$|\/$/g, '').replace(/^https?:\/\//, '');
  return !folder.names.includes('.git')
    ? note(
        'The folder is no Git repository.',
        `Put it under version control and push it to ${source}.`
      )
    : remotes.replaceAll(':', '/').toLowerCase().includes(bare.toLowerCase())
      ? ok(source)
      : note(
          `No remote of the Git repository is ${source}.`,
          'Push it there, or correct links.source_code.'
        );
}

/** By their form: whether they answer, nobody is asked. */
function aboutLinks(folder: IModuleFolder): Outcome {
  const links = Object.entries(linksOf(folder)).filter(
    ([key]) => key !== 'source_code' && key !== 'docker_image'
  );
  const faults = links.flatMap(([key, address]) => {
    const fault = linkFault(key, address);
    return fault ? [`links.${key}: ${fault}`] : [];
  });
  return faults.length > 0
    ? wrong(
        faults.join(' '),
        'Correct or remove what is not an address.',
        folder.metadataFile
      )
    : links.length === 0
      ? note(
          'It links neither to its data, weights nor documentation.',
          'Add what others need to repeat your work.',
          folder.metadataFile
        )
      : ok(
          'All have the form of addresses; whether they answer was not tried.',
          folder.metadataFile
        );
}

function aboutEntryPoint(folder: IModuleFolder): Outcome {
  const { project, projectFault, metadata } = folder;
  const categories = metadata?.values?.categories;
  if (Array.isArray(categories) && categories.includes('AI4 tools')) {
    return ok('A tool needs none.');
  }
  if (projectFault) {
    return wrong(projectFault, 'Mend the file.');
  }
  const points = project?.entryPoints ?? [];
  return points.length > 0
    ? ok(`DEEPaaS finds ${points.join(', ')}.`)
    : wrong(
        project
          ? `It names no module in the group ${ENTRY_POINTS}.`
          : 'There is no Python project: no pyproject.toml, setup.cfg or setup.py.',
        `Add to pyproject.toml: [project.entry-points."${ENTRY_POINTS}"] and the line name = "package.api".`,
        project && 'pyproject.toml'
      );
}

async function aboutTests({ folder, names }: IModuleFolder): Promise<Outcome> {
  const place = names.includes('tests') ? path.join(folder, 'tests') : folder;
  const inside: string[] = await readdir(place).catch(() => []);
  const tests = inside.filter(name => /^test_.*\.py$|_test\.py$/.test(name));
  return tests.length > 0
    ? ok(`${tests.slice(0, 3).join(', ')}.`)
    : wrong(
        'There are no tests.',
        'Have tests/test_api.py written here, and add what your module can do.'
      );
}

async function aboutCitation(folder: IModuleFolder): Promise<Outcome> {
  const text = await folder.read('CITATION.cff');
  if (text === undefined) {
    return note(
      'There is no CITATION.cff: nobody knows how to cite the module.',
      'Have one written here, and correct its authors.'
    );
  }
  const missing = ['cff-version', 'message', 'title', 'authors'].filter(
    key => !new RegExp(`^${key}\\s*:`, 'm').test(text)
  );
  return missing.length > 0
    ? wrong(
        `It lacks ${missing.join(', ')}.`,
        'Add what the Citation File Format asks for.',
        'CITATION.cff'
      )
    : ok('It is there.', 'CITATION.cff');
}
