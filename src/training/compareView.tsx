import '../../style/training.css';
import type { Run } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { runState } from '../activity/runWords';
import { comparedRows, IComparedRow, useSteps } from './comparedRuns';
import { Curves } from './curves';
import { formatMetric, groupMetrics } from './metricGroups';
import type { TrainingClient } from './trainingClient';

interface ICompareViewProps {
  client: TrainingClient;
  /** Two or more trainings. */
  runs: readonly Run[];
  trans: TranslationBundle;
}

/** Trainings over each other: a picture for each metric, and what they were given and came to, side by side. */
export default function CompareView(props: ICompareViewProps): JSX.Element {
  const { client, runs, trans } = props;
  const { steps, hasFailed } = useSteps(client, runs);
  const names = runs.map((run, index) => nameOf(run, index));
  const metrics = groupMetrics([...steps.values()].flat()).flatMap(
    group => group.metrics
  );
  return (
    <section
      className="jp-DeepTraining-compare"
      aria-label={trans.__('Trainings compared')}
    >
      {hasFailed && (
        <p role="status">
          {trans.__('The numbers of these trainings could not be read.')}
        </p>
      )}
      {metrics.map(metric => (
        <Curves
          key={metric}
          title={metric}
          curves={runs.map(({ id }, index) => ({
            label: names[index],
            metric,
            steps: steps.get(id) ?? []
          }))}
          summary={runs
            .map(({ training }, index) => {
              const value = training?.metrics[metric];
              return value === undefined
                ? names[index]
                : `${names[index]} ${formatMetric(value)}`;
            })
            .join(', ')}
          xLabel={trans.__('epoch')}
        />
      ))}
      <ComparedTable runs={runs} names={names} trans={trans} />
    </section>
  );
}

interface IComparedTableProps {
  runs: readonly Run[];
  names: string[];
  trans: TranslationBundle;
}

function ComparedTable(props: IComparedTableProps): JSX.Element {
  const { runs, names, trans } = props;
  const words = {
    data: trans.__('Data'),
    version: trans.__('Version of the module')
  };
  const { given, reached } = comparedRows(runs, words, formatMetric);
  return (
    <div className="jp-DeepTraining-compared">
      <table>
        <caption>{trans.__('Arguments and results, side by side')}</caption>
        <thead>
          <tr>
            <td />
            {runs.map(({ id, createdAt }, index) => (
              <th
                key={id}
                scope="col"
                title={new Date(createdAt).toLocaleString()}
              >
                {names[index]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Row
            row={{
              name: trans.__('State'),
              values: runs.map(run => runState(run, trans)),
              differs: false
            }}
            trans={trans}
          />
        </tbody>
        <Section
          title={trans.__('Given')}
          columns={runs.length + 1}
          rows={given}
          absent={trans.__('default')}
          trans={trans}
        />
        <Section
          title={trans.__('Reached')}
          columns={runs.length + 1}
          rows={reached}
          trans={trans}
        />
      </table>
    </div>
  );
}

interface ISectionProps {
  title: string;
  columns: number;
  rows: IComparedRow[];
  /** Stands for what a run does not say. */
  absent?: string;
  trans: TranslationBundle;
}

function Section(props: ISectionProps): JSX.Element | null {
  const { title, columns, rows, absent, trans } = props;
  return rows.length === 0 ? null : (
    <tbody>
      <tr>
        <th
          scope="rowgroup"
          colSpan={columns}
          className="jp-DeepTraining-section"
        >
          {title}
        </th>
      </tr>
      {rows.map(row => (
        <Row key={row.name} row={row} absent={absent} trans={trans} />
      ))}
    </tbody>
  );
}

interface IRowProps {
  row: IComparedRow;
  absent?: string;
  trans: TranslationBundle;
}

function Row({ row, absent = '–', trans }: IRowProps): JSX.Element {
  const { name, values, differs } = row;
  return (
    <tr data-differs={differs}>
      <th scope="row">
        {name}
        {differs && (
          <span
            role="img"
            aria-label={trans.__('differs')}
            title={trans.__('differs')}
          >
            {' '}
            ≠
          </span>
        )}
      </th>
      {values.map((value, index) => (
        <td key={index}>{value || absent}</td>
      ))}
    </tr>
  );
}

/** `1 · 12:40`: the number tells runs of one minute apart. */
function nameOf({ createdAt }: Run, index: number): string {
  const began = new Date(createdAt);
  const isToday = began.toDateString() === new Date().toDateString();
  const when = isToday
    ? began.toLocaleTimeString(undefined, { timeStyle: 'short' })
    : began.toLocaleDateString(undefined, { dateStyle: 'short' });
  return `${index + 1} · ${when}`;
}
