import type { Run } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { RunBar } from '../activity/runActions';
import { isOpen } from '../activity/openRun';
import { progressOf, RUN_SIGNS, runState } from '../activity/runWords';
import { CommandIDs } from '../inference/commandIds';
import type { IPageContext } from '../inference/pageContext';
import { ErrorBox } from '../shared/errorBox';
import { formatSize } from '../shared/sizes';
import { ShareButton } from '../sharing/shareButton';
import { AsNotebook } from './asNotebook';
import { ConfusionView } from './confusionView';
import { formatMetric, groupMetrics } from './metricGroups';
import { TrainingLog } from './trainingLog';

/** Drawn by a library that only trainings need. */
const Curves = React.lazy(async () => ({
  default: (await import('./curves')).Curves
}));

interface ITrainingViewProps {
  page: IPageContext;
  run: Run;
}

/** One training: how far it is, its curves, what it came to, what can be done with it. */
export function TrainingView({ page, run }: ITrainingViewProps): JSX.Element {
  const { model, trans } = page;
  const { train } = model;
  const groups = groupMetrics(train.steps);
  return (
    <>
      <h2 className="jp-DeepInference-batchTitle">{run.title}</h2>
      <p role="status">
        <span aria-hidden="true">{RUN_SIGNS[run.state]}</span>{' '}
        {[runState(run, trans), progressOf(run, trans)]
          .filter(Boolean)
          .join(' · ')}
      </p>
      <RunBar run={run} label={trans.__('Progress')} />
      {run.error && run.state !== 'cancelled' && (
        <ErrorBox problem={run.error} trans={trans} />
      )}
      <Actions page={page} run={run} />
      <React.Suspense fallback={null}>
        {groups.map(({ name, metrics }) => (
          <Curves
            key={name}
            title={name}
            curves={metrics.map(metric => ({
              label: metric,
              metric,
              steps: train.steps
            }))}
            summary={summaryOf(run, metrics)}
            xLabel={trans.__('epoch')}
          />
        ))}
      </React.Suspense>
      <ConfusionView
        key={`confusion-${run.id}`}
        client={train.client}
        run={run}
        trans={trans}
      />
      <Facts run={run} trans={trans} />
      <TrainingLog key={run.id} client={train.client} run={run} trans={trans} />
    </>
  );
}

/** *val_loss 0.12, loss 0.10* */
const summaryOf = ({ training }: Run, metrics: string[]): string =>
  metrics
    .filter(metric => training?.metrics[metric] !== undefined)
    .map(metric => `${metric} ${formatMetric(training!.metrics[metric])}`)
    .join(', ');

function Actions({ page, run }: ITrainingViewProps): JSX.Element {
  const { commands, model, trans } = page;
  const { train } = model;
  const made = run.training?.model;
  return (
    <div className="jp-DeepInference-actions">
      {isOpen(run) ? (
        <button
          type="button"
          className="jp-mod-styled jp-mod-warn"
          onClick={() => void train.cancel()}
        >
          {trans.__('Cancel')}
        </button>
      ) : (
        <>
          {made && (
            <button
              type="button"
              className="jp-mod-styled jp-mod-accept"
              onClick={() =>
                void commands.execute(CommandIDs.openModule, {
                  id: made.id,
                  tab: 'try'
                })
              }
            >
              {trans.__('Try %1', made.name)}
            </button>
          )}
          {made && (
            <ShareButton
              page={page}
              id={made.id}
              label={trans.__('Share %1…', made.name)}
            />
          )}
          {run.state === 'succeeded' && (
            <button
              type="button"
              className="jp-mod-styled"
              onClick={() => evaluate(page, run)}
            >
              {made
                ? trans.__('Evaluate %1…', made.name)
                : trans.__('Evaluate…')}
            </button>
          )}
          <button
            type="button"
            className="jp-mod-styled"
            disabled={train.isBeginning}
            onClick={() => void train.again()}
          >
            {trans.__('Start again')}
          </button>
        </>
      )}
      <AsNotebook page={page} run={run} />
    </div>
  );
}

/** A module that keeps what it learns itself is evaluated where it is. */
function evaluate({ commands, model }: IPageContext, run: Run): void {
  const made = run.training?.model;
  if (made) {
    const args = { id: made.id, tab: 'evaluate' };
    void commands.execute(CommandIDs.openModule, args);
  } else {
    model.setTab('evaluate');
  }
}

interface IFactsProps {
  run: Run;
  trans: TranslationBundle;
}

/** What it was made of: data, arguments, machine. */
function Facts({ run, trans }: IFactsProps): JSX.Element | null {
  const { training } = run;
  if (!training) {
    return null;
  }
  const facts: [string, string][] = [
    ...training.data.map(({ name, files, bytes }): [string, string] => [
      trans.__('Data'),
      files === undefined
        ? name
        : trans.__(
            '%1 — %2 files, %3',
            name,
            files.toLocaleString(),
            formatSize(bytes ?? 0)
          )
    ]),
    ...training.data
      .filter(({ fingerprint }) => fingerprint)
      .map(({ fingerprint }): [string, string] => [
        trans.__('Fingerprint of the data'),
        fingerprint!.slice(0, 16)
      ]),
    [
      trans.__('Arguments'),
      Object.entries(run.arguments)
        .filter(
          ([name]) => !training.data.some(({ argument }) => argument === name)
        )
        .map(([name, value]) => `${name} = ${String(value)}`)
        .join(', ') || trans.__("the module's own")
    ],
    ...Object.entries(training.metrics).map(
      ([name, value]): [string, string] => [name, formatMetric(value)]
    ),
    [
      trans.__('Machine'),
      [training.hardware, training.environment].filter(Boolean).join('; ')
    ]
  ];
  return (
    <dl className="jp-DeepTraining-facts">
      {facts.map(([name, value]) => (
        <React.Fragment key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </React.Fragment>
      ))}
    </dl>
  );
}
