import {
  Module,
  NotebookReply,
  NotebookRequest,
  Run,
  trainingCells
} from '@jupyterlab-deep/protocol';
import {
  code,
  dialectOf,
  markdown,
  notebookOf,
  plain
} from '../inference/notebook';
import { HIDDEN } from '../inference/secrets';

/** A notebook that repeats a training: the same module, data and arguments. No address and no token is in it. */
export function trainingNotebook(
  run: Run,
  module: Module,
  language: NotebookRequest['language']
): NotebookReply {
  const dialect = dialectOf(language);
  const cells = trainingCells({
    module: module.id,
    language,
    arguments: plainArguments(run),
    datasets: datasetsOf(run)
  });
  return notebookOf(`train-${module.name}`, dialect, [
    markdown('intro', introduction(run, module, dialect.kernelspec)),
    code('open', cells.open),
    markdown('about-train', '## Train'),
    code('train', cells.train),
    code('watch', cells.watch),
    markdown('about-use', '## Use the numbers as data'),
    code('use', cells.use)
  ]);
}

/** By argument; their place on this machine is not what the notebook should hold. */
const datasetsOf = ({ training }: Run): Record<string, string> =>
  Object.fromEntries(
    (training?.data ?? [])
      .filter(({ source }) => source?.from === 'dataset')
      .map(({ argument, name }) => [argument, name])
  );

function plainArguments(run: Run): Record<string, unknown> {
  const datasets = datasetsOf(run);
  return Object.fromEntries(
    Object.entries(run.arguments).filter(
      ([name, value]) => !Object.hasOwn(datasets, name) && value !== HIDDEN
    )
  );
}

function introduction(
  { createdAt, arguments: given, training }: Run,
  module: Module,
  kernelspec: { display_name: string }
): string {
  const secrets = Object.entries(given)
    .filter(([, value]) => value === HIDDEN)
    .map(([name]) => name);
  const fingerprints = (training?.data ?? []).flatMap(
    ({ name, fingerprint }) =>
      fingerprint
        ? [`Data ${plain(name)}, fingerprint \`${fingerprint.slice(0, 16)}\`.`]
        : []
  );
  return [
    `# Training of ${plain(module.title)}`,
    `It repeats the training of ${createdAt.slice(0, 16).replace('T', ' ')} (UTC) with module \`${module.id}\`${training?.moduleVersion ? `, version ${plain(training.moduleVersion)}` : ''}.`,
    ...fingerprints,
    ...(secrets.length > 0
      ? [
          `Passwords are not kept: add ${secrets.map(plain).join(', ')} to the values.`
        ]
      : []),
    `Run all cells from top to bottom in the kernel *${kernelspec.display_name}*.`
  ].join('\n\n');
}
