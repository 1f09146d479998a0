import { IModelFolder } from '@jupyterlab-deep/kernel-helpers/models';
import { apiText, TEST_TEXT } from './apiText';
import { containerText, DEEPAAS } from './containerText';
import { PICTURE_API, PICTURE_TEXT } from './pictureText';
import { TABLE_API, TABLE_TEXT } from './tableText';

const DEPENDENCIES = [...DEEPAAS, 'numpy', 'onnxruntime'];
const PICTURES = 'image-classification';

/** What is tried in the project's tests: files are named as they lie beside it. */
export interface IProjectExample {
  arguments: Record<string, unknown>;
  files: Record<string, string>;
}

/** `leaf-classifier` as `leaf_classifier`: what Python can import. */
export function packageNameOf(name: string): string {
  const plain = name.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  const trimmed = plain.replace(/^_+|_+$/g, '') || 'model';
  return /^\d/.test(trimmed) ? `model_${trimmed}` : trimmed;
}

/** A text of TOML: its basic strings take what JSON writes. */
const toml = (value: string): string =>
  JSON.stringify(value).replace(/\u007f/g, '\\u007f');

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Tensors and preparation, with everything said that the manifest may leave open. */
function settingsOf(folder: IModelFolder): Record<string, unknown> {
  const { manifest, config, inputs, outputs, preprocessorText } = folder;
  const { network = {}, features, task } = manifest;
  const isPicture = task === PICTURES;
  const { name, title, version, description, author, license } = manifest;
  return {
    task,
    input: network.input ?? (isPicture ? 'pixel_values' : inputs[0]),
    output: network.output ?? outputOf(outputs, isPicture),
    gives: network.gives ?? (isPicture ? 'logits' : 'auto'),
    ...(isPicture && {
      layout: network.layout ?? 'NCHW',
      channels: config.num_channels ?? 3,
      preprocessor: JSON.parse(preprocessorText ?? '{}')
    }),
    ...(features && { features }),
    metadata: {
      name,
      version: version ?? '0',
      summary: description ?? title ?? name,
      author: author ?? '',
      license: license ?? ''
    }
  };
}

const outputOf = (outputs: string[], isPicture: boolean): string =>
  isPicture
    ? 'logits'
    : (['logits', 'probabilities', 'output_probability', 'variable'].find(
        name => outputs.includes(name)
      ) ?? outputs[0]);

const labelsOf = ({ config }: IModelFolder): string[] =>
  Object.entries(config.id2label ?? {})
    .toSorted(([a], [b]) => Number(a) - Number(b))
    .map(([, label]) => label);

const pyproject = (
  { manifest }: IModelFolder,
  packageName: string
): string => `[build-system]
requires = ["setuptools>=68,<81"]
build-backend = "setuptools.build_meta"

[project]
name = ${toml(packageName.replaceAll('_', '-'))}
version = ${toml(pythonVersion(manifest.version))}
description = ${toml((manifest.description ?? manifest.title ?? manifest.name).split('\n')[0])}
readme = "README.md"
requires-python = ">=3.10"
dependencies = [
${[...DEPENDENCIES, ...(manifest.task === PICTURES ? ['pillow'] : [])].map(each => `    ${toml(each)},`).join('\n')}
]

[project.optional-dependencies]
test = ["pytest"]

[project.entry-points."deepaas.v2.model"]
${packageName} = "${packageName}.api"

[tool.setuptools.packages.find]
include = ["${packageName}*"]

[tool.setuptools.package-data]
${packageName} = ["*.json", "model/*"]
`;

/** What pip takes as a version; anything else would stop it. */
const pythonVersion = (version = ''): string =>
  /^\d+(\.\d+)*$/.test(version) ? version : '0.1.0';

const readme = (
  { manifest }: IModelFolder,
  packageName: string
): string => `# ${(manifest.title ?? manifest.name).replace(/\s+/g, ' ')}

${manifest.description ?? ''}

A module with the API of DEEPaaS v2, made by jupyterlab-deep from an ONNX file.

\`\`\`sh
pip install .
deepaas-run --listen-port 5000 --model-name ${packageName}
\`\`\`

Its page is then at http://127.0.0.1:5000/api. As a container: \`podman build -t ${packageName.replaceAll('_', '-')} .\`, then \`podman run -p 5000:5000 ${packageName.replaceAll('_', '-')}\`. Its tests: \`pip install '.[test]' && pytest\`.

| file | has |
| --- | --- |
| \`${packageName}/api.py\` | what DEEPaaS calls |
| \`${packageName}/preprocess.py\` | how inputs become numbers |
| \`${packageName}/settings.json\`, \`labels.json\` | all that belongs to this model |
| \`${packageName}/model/model.onnx\` | the network |
`;

/** The texts of a Python project, by their paths in it. */
export function projectTexts(
  folder: IModelFolder,
  example: IProjectExample | undefined
): Record<string, string> {
  const name = packageNameOf(folder.manifest.name);
  const isPicture = folder.manifest.task === PICTURES;
  return {
    'pyproject.toml': pyproject(folder, name),
    'README.md': readme(folder, name),
    Containerfile: containerText(name),
    '.dockerignore': '**/__pycache__\n.git\ntests\n',
    [`${name}/__init__.py`]: '',
    [`${name}/api.py`]: apiText(isPicture ? PICTURE_API : TABLE_API),
    [`${name}/preprocess.py`]: isPicture ? PICTURE_TEXT : TABLE_TEXT,
    [`${name}/settings.json`]: json(settingsOf(folder)),
    [`${name}/labels.json`]: json(labelsOf(folder)),
    ...(example && {
      'tests/test_api.py': TEST_TEXT.replace('@PACKAGE@', name),
      'tests/example.json': json(example)
    })
  };
}
