import type { FoundArgument } from '@jupyterlab-deep/protocol';
import type { IReadNotebook } from './readNotebook';
import type { IProject } from './projectTexts';
import { argumentFields, pythonValue } from './pythonCode';
import emptyApi from './templates/empty_api.py';
import emptyTest from './templates/empty_test.py';
import filesText from './templates/files.py';
import imageApi from './templates/image_api.py';
import imageFeatures from './templates/image_features.py';
import imageTest from './templates/image_test.py';
import modelText from './templates/model.py';
import notebookAnswers from './templates/notebook_answers.py';
import notebookApi from './templates/notebook_api.py';
import notebookFiles from './templates/notebook_files.py';
import notebookTest from './templates/notebook_test.py';
import tableApi from './templates/table_api.py';
import tableFeatures from './templates/table_features.py';
import tableTest from './templates/table_test.py';
import textApi from './templates/text_api.py';
import textFeatures from './templates/text_features.py';
import textTest from './templates/text_test.py';

/** Texts by their paths: `api.py` is in the package, `tests/test_api.py` beside it. */
type Texts = Record<string, string>;

const LEARNING = { 'model.py': modelText };

const TEMPLATES: Record<'image' | 'text' | 'table' | 'empty', Texts> = {
  image: {
    ...LEARNING,
    'api.py': imageApi,
    'features.py': imageFeatures,
    'files.py': filesText,
    'tests/test_api.py': imageTest
  },
  text: {
    ...LEARNING,
    'api.py': textApi,
    'features.py': textFeatures,
    'tests/test_api.py': textTest
  },
  table: {
    ...LEARNING,
    'api.py': tableApi,
    'features.py': tableFeatures,
    'files.py': filesText,
    'tests/test_api.py': tableTest
  },
  empty: { 'api.py': emptyApi, 'tests/test_api.py': emptyTest }
};

/** The code of a project, by the paths in it. */
export function codeTexts(project: IProject, notebook?: IReadNotebook): Texts {
  const texts = notebook
    ? notebookTexts(notebook)
    : TEMPLATES[project.variant as keyof typeof TEMPLATES];
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [
      name.startsWith('tests/') ? name : `${project.packageName}/${name}`,
      filled(text, project)
    ])
  );
}

function filled(text: string, project: IProject): string {
  const { name, title, summary, author, licence, packageName } = project;
  const metadata = {
    id: name,
    name,
    title,
    summary,
    description: summary,
    author: author || `The authors of ${title}`,
    license: licence === 'none' ? '' : licence
  };
  const lines = Object.entries(metadata).map(
    ([key, value]) => `        ${JSON.stringify(key)}: ${pythonValue(value)},\n`
  );
  return (
    text
      .replaceAll('@PACKAGE@', packageName)
      // A function: what somebody typed may hold the signs of a replacement.
      .replace(
        '    return {**@METADATA@, "version": __version__}',
        () =>
          `    return {\n${lines.join('')}        "version": __version__,\n    }`
      )
  );
}

function notebookTexts(notebook: IReadNotebook): Texts {
  const { code, predict = [], train } = notebook;
  const files = predict.filter(({ type }) => type === 'file');
  const api = notebookApi
    .replace('@PREDICT_ARGS@', () => argumentFields(predict))
    .replace('@PREDICT_FILES@', () =>
      pythonValue(files.map(({ name }) => name))
    )
    .replace('@TRAIN@', () => (train ? trainText(train) : ''));
  return {
    'api.py': api,
    'cells.py': `"""The cells of the notebook: change them as you like; api.py calls predict${train ? ' and train' : ''}."""\n\n${code}`,
    'files.py': notebookFiles,
    'answers.py': notebookAnswers,
    'tests/test_api.py': notebookTest
      .replace('@NAMES@', () => namesText(predict))
      .replace('@TRIES@', () => triesText(notebook))
  };
}

const namesText = (args: readonly FoundArgument[]): string =>
  args.length > 0
    ? `{${args.map(({ name }) => JSON.stringify(name)).join(', ')}}`
    : 'set()';

const trainText = (args: readonly FoundArgument[]): string => `

def get_train_args():
    return ${argumentFields(args)}


def train(**args):
    return answers.plain(cells.train(**args))
`;

/** The example of a file argument as it lies beside the tests. */
export const exampleName = (argument: string, example: string): string =>
  `${argument}${/\.[A-Za-z0-9]+$/.exec(example)?.[0] ?? ''}`;

/** Only what the notebook gives a value for can be tried. */
function triesText({ predict = [], examples }: IReadNotebook): string {
  if (predict.some(({ name, isRequired }) => isRequired && !examples[name])) {
    return '';
  }
  const args = predict.map(each => {
    const example = examples[each.name];
    const value = example
      ? `str(HERE / ${JSON.stringify(exampleName(each.name, example))})`
      : pythonValue(each.default ?? null);
    return `${each.name}=${value}`;
  });
  return `

def test_it_answers_its_example():
    assert api.predict(${args.join(', ')}) is not None
`;
}
