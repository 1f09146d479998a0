import type { ModuleLicence, ModuleVariant } from '@jupyterlab-deep/protocol';
import { yaml } from '@jupyterlab-deep/kernel-helpers/models';
import { containerText, DEEPAAS } from '../../models/python/containerText';
import { licenceText } from './licenceText';
import { metadataText } from './metadataText';

/** All that differs from project to project, beside its code. */
export interface IProject {
  variant: ModuleVariant;
  title: string;
  /** With hyphens: folder, distribution, image. */
  name: string;
  /** With underscores: package and entry point. */
  packageName: string;
  summary: string;
  author: string;
  licence: ModuleLicence;
  isTrainable: boolean;
  requirements: string[];
  /** Modules of one file beside the package. */
  localModules: string[];
}

export const VERSION = '0.1.0';

/** A text of TOML: its basic strings take what JSON writes. */
const toml = (value: string): string =>
  JSON.stringify(value).replaceAll('\u007f', '\\u007f');

const tomlList = (values: readonly string[]): string =>
  `[\n${values.map(each => `    ${toml(each)},\n`).join('')}]`;

/** What stands beside the code of a Python module, by its path in the project. */
export function projectTexts(project: IProject): Record<string, string> {
  const { packageName, licence, author } = project;
  const text = licenceText(licence, author);
  return {
    'pyproject.toml': pyproject(project),
    'README.md': readme(project),
    'CITATION.cff': citation(project),
    ...(text && { LICENSE: text }),
    Containerfile: containerText(packageName),
    '.dockerignore': '**/__pycache__\n**/*.egg-info\n.git\n',
    '.gitignore': '__pycache__/\n*.egg-info/\n.venv/\n.pytest_cache/\n',
    'ai4-metadata.yml': metadataText(project),
    [`${packageName}/__init__.py`]: `__version__ = "${VERSION}"\n`,
    // What is learnt is no part of the project.
    'models/.gitignore': '*\n!.gitignore\n'
  };
}

const pyproject = (project: IProject): string => `[build-system]
requires = ["setuptools>=68,<81"]
build-backend = "setuptools.build_meta"

[project]
name = ${toml(project.name)}
version = "${VERSION}"
description = ${toml(project.summary)}
readme = "README.md"
requires-python = ">=3.10"
${project.licence === 'none' ? '' : `license = { text = "${project.licence}" }\n`}${project.author ? `authors = [{ name = ${toml(project.author)} }]\n` : ''}dependencies = ${tomlList([...DEEPAAS, ...project.requirements])}

[project.optional-dependencies]
test = ["pytest"]

[project.entry-points."deepaas.v2.model"]
${project.packageName} = "${project.packageName}.api"

[tool.setuptools]
packages = [${toml(project.packageName)}]
${project.localModules.length > 0 ? `py-modules = [${project.localModules.map(toml).join(', ')}]\n` : ''}
[tool.pytest.ini_options]
testpaths = ["tests"]
pythonpath = ["."]
`;

const citation = ({ title, author, licence }: IProject): string =>
  yaml({
    'cff-version': '1.2.0',
    message: 'If you use this module, please cite it as below.',
    title,
    type: 'software',
    version: VERSION,
    'date-released': new Date().toISOString().slice(0, 10),
    authors: [{ name: author || `The authors of ${title}` }],
    ...(licence !== 'none' && { license: licence })
  });

const FILES: Record<Exclude<ModuleVariant, 'model'>, [string, string][]> = {
  image: [
    ['features.py', 'how a picture becomes numbers'],
    ['model.py', 'the classes, and how they are learnt']
  ],
  text: [
    ['features.py', 'how a text becomes numbers'],
    ['model.py', 'the classes, and how they are learnt']
  ],
  table: [
    ['features.py', 'how rows become numbers'],
    ['model.py', 'the classes, and how they are learnt']
  ],
  empty: [],
  notebook: [['cells.py', 'the cells of the notebook']]
};

const readme = (project: IProject): string => {
  const { title, summary, name, packageName, variant, licence } = project;
  const more = FILES[variant as Exclude<ModuleVariant, 'model'>];
  return `# ${title}

${summary}

A module with the API of DEEPaaS v2.

\`\`\`sh
pip install --editable '.[test]'
pytest
deepaas-run --listen-port 5000 --model-name ${packageName}
\`\`\`

Its page is then at http://127.0.0.1:5000/api. As a container: \`podman build -t ${name} .\`, then \`podman run -p 5000:5000 ${name}\`.
In JupyterLab: *Serve while I edit* of the folder’s context menu starts it and starts it anew with each save.

| file | has |
| --- | --- |
| \`${packageName}/api.py\` | what DEEPaaS calls: the arguments and the answers |
${more.map(([file, has]) => `| \`${packageName}/${file}\` | ${has} |\n`).join('')}| \`tests/\` | what must go on working |
| \`ai4-metadata.yml\` | what catalogues show; its address of the source code is still to be filled in |
${licence === 'none' ? '\nIt has no licence yet: without one nobody else may use it.\n' : ''}`;
};
