import { jsonString, jsonText } from './jsonText';

/** A training as cells repeat it. Values enter the code as JSON text, never as code. */
export interface ITrainingForm {
  /** Module id. */
  module: string;
  language: 'typescript' | 'python';
  /** Paths of data among them, without datasets. */
  arguments: Record<string, unknown>;
  /** Datasets by argument, as `account:path`. */
  datasets: Record<string, string>;
}

/** The code of a notebook that repeats a training, cell by cell. */
export interface ITrainingCells {
  open: string;
  train: string;
  watch: string;
  use: string;
}

/** @throws RangeError for numbers that JSON cannot say. */
export const trainingCells = (form: ITrainingForm): ITrainingCells =>
  form.language === 'python' ? pythonCells(form) : typescriptCells(form);

/** `dataset`, `dataset2`: a variable for each, since nested waiting is not understood by every kernel. */
const variables = ({ datasets }: ITrainingForm): [string, string, string][] =>
  Object.entries(datasets).map(([argument, ref], index) => [
    index === 0 ? 'dataset' : `dataset${index + 1}`,
    jsonString(argument),
    jsonString(ref)
  ]);

function typescriptCells(form: ITrainingForm): ITrainingCells {
  const found = variables(form);
  const names = [
    'display',
    'modules',
    ...(found.length > 0 ? ['storage'] : [])
  ];
  const text = jsonText(form.arguments);
  // In an object literal the name `__proto__` means something else than in JSON.
  const values = text.includes('"__proto__"')
    ? `JSON.parse(${jsonString(text)})`
    : text;
  const more = found.map(
    ([variable, argument]) =>
      `${argument === '"__proto__"' ? `[${argument}]` : argument}: ${variable}`
  );
  return {
    open: [
      `import { ${names.join(', ')} } from '@jupyterlab-deep/kernel-helpers';`,
      '',
      `const m = await modules.open(${jsonString(form.module)});`
    ].join('\n'),
    train: [
      ...found.map(
        ([variable, , ref]) =>
          `const ${variable} = await storage.dataset(${ref});`
      ),
      `const values = ${values};`,
      more.length > 0
        ? `const run = await m.train({ ...values, ${more.join(', ')} });`
        : 'const run = await m.train(values);'
    ].join('\n'),
    watch: 'await run.watch();\ndisplay(run);',
    use: 'console.log(run.metrics);'
  };
}

function pythonCells(form: ITrainingForm): ITrainingCells {
  const found = variables(form);
  // Nothing in it ends a raw string with three quotes.
  const values = jsonText(form.arguments).replaceAll(
    "'''",
    '\\u0027\\u0027\\u0027'
  );
  const more = found.map(([variable, argument]) => `${argument}: ${variable}`);
  const names = ['client', ...(found.length > 0 ? ['storage'] : [])];
  return {
    open: [
      'import json',
      '',
      `from jupyterlab_deep import ${names.join(', ')}`,
      '',
      `m = client.open(${jsonString(form.module)})`
    ].join('\n'),
    train: [
      ...found.map(
        ([variable, , ref]) => `${variable} = storage.dataset(${ref})`
      ),
      `values = json.loads(r'''${values}''')`,
      more.length > 0
        ? `run = m.train(**{**values, ${more.join(', ')}})`
        : 'run = m.train(**values)'
    ].join('\n'),
    watch: 'run.watch()',
    use: 'run.metrics'
  };
}
