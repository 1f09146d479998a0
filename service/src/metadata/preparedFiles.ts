import { PreparedFile, PreparedLicence } from '@jupyterlab-deep/protocol';
import { chosenLicence, LICENCE_FILE } from './licences';
import { Metadata } from './metadata';
import { containerText } from '../models/python/containerText';
import { IModuleFolder, METADATA } from './moduleFolder';
import { readmeText } from './readmeText';

export const README_FILE = /^readme(\.(md|rst|txt))?$/i;

/** What the folder lacks and can be written without inventing anything: the rest its people must say. */
export async function missingFiles(
  metadata: Metadata,
  folder: IModuleFolder,
  licence?: PreparedLicence
): Promise<PreparedFile[]> {
  const title = titleOf(folder);
  const chosen = await chosenLicence(folder, licence, title || folder.name);
  const has = (pattern: RegExp): boolean =>
    folder.names.some(name => pattern.test(name));
  const isLicensed = has(LICENCE_FILE);
  const readme = readmeText(folder, title, isLicensed || Boolean(chosen));
  const made = [
    {
      name: 'LICENSE',
      text: () => chosen?.text ?? '',
      isNeeded: chosen?.text !== undefined && !isLicensed
    },
    {
      name: 'README.md',
      text: () => readme,
      isNeeded: readme !== '' && !has(README_FILE)
    },
    {
      name: METADATA,
      text: () => metadataText(metadata, folder),
      isNeeded: !folder.names.includes('ai4-metadata.yaml')
    },
    {
      name: 'Dockerfile',
      text: () => dockerfile(folder),
      isNeeded: true
    },
    {
      name: 'tests/test_api.py',
      text: () => testText(folder),
      isNeeded:
        !folder.names.includes('tests') &&
        (folder.project?.entryPoints.length ?? 0) > 0
    },
    {
      name: 'CITATION.cff',
      text: () => citationText(folder),
      isNeeded: title !== ''
    }
  ];
  const wanted = made.filter(
    ({ name, isNeeded }) => isNeeded && !folder.names.includes(name)
  );
  return Promise.all(
    wanted.map(async ({ name, text }) => ({ name, text: await text() }))
  );
}

async function metadataText(
  metadata: Metadata,
  { metadataFile, metadataText: old, metadata: check, ...folder }: IModuleFolder
): Promise<string> {
  if (metadataFile && check?.values) {
    return (await metadata.migrate(old)).text;
  }
  const { newest } = await metadata.check('');
  const title = folder.project?.name || folder.name;
  const quoted = JSON.stringify;
  return [
    `metadata_version: '${newest}'`,
    `title: ${quoted(title)}`,
    `summary: ${quoted(folder.project?.summary ?? '')}`,
    "description: ''",
    'links:',
    "  source_code: ''",
    'tags: []',
    'tasks: []',
    'categories: []',
    'libraries: []',
    ''
  ].join('\n');
}

export const titleOf = ({ metadata, project }: IModuleFolder): string => {
  const title = metadata?.values?.title;
  return typeof title === 'string' && title.trim() !== ''
    ? title.trim()
    : (project?.name ?? '');
};

/** The same as a Containerfile that is there; else one that serves the Python project. */
async function dockerfile(folder: IModuleFolder): Promise<string> {
  return (await folder.read('Containerfile')) ?? containerText();
}

const testText = ({
  project
}: IModuleFolder): string => `"""The module is found and describes itself."""
from importlib.metadata import entry_points

MODULES = entry_points(group="deepaas.v2.model")
NAME = ${JSON.stringify(project?.entryPoints[0])}


def test_it_is_found_by_deepaas():
    assert NAME in [module.name for module in MODULES]


def test_it_describes_itself():
    (module,) = [module for module in MODULES if module.name == NAME]
    assert module.load().get_metadata()["name"]
`;

function citationText(folder: IModuleFolder): string {
  const { links, doi } = (folder.metadata?.values ?? {}) as {
    links?: { source_code?: unknown };
    doi?: unknown;
  };
  const title = JSON.stringify(titleOf(folder));
  const source = links?.source_code;
  return [
    'cff-version: 1.2.0',
    'message: If you use this software, please cite it as below.',
    'type: software',
    `title: ${title}`,
    'authors:',
    `  # Put the people here: family-names and given-names of each.`,
    `  - name: ${JSON.stringify(`The authors of ${titleOf(folder)}`)}`,
    ...(typeof source === 'string' && source
      ? [`repository-code: ${JSON.stringify(source)}`]
      : []),
    ...(typeof doi === 'string' && doi ? [`doi: ${JSON.stringify(doi)}`] : []),
    ''
  ].join('\n');
}
