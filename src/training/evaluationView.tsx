import type { Evaluation, Run } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { RunActions, RunBar } from '../activity/runActions';
import { progressOf, RUN_SIGNS, runState } from '../activity/runWords';
import { OpenResults } from '../inference/batchRunView';
import type { IPageContext } from '../inference/pageContext';
import { percent } from '../inference/results/numbers';
import { ErrorBox } from '../shared/errorBox';
import { ConfusionTable, MOST_CLASSES } from './confusionTable';
import { Mistakes } from './mistakes';

interface IEvaluationViewProps {
  page: IPageContext;
  run: Run;
}

/** One evaluation: how far it is, how often the module was right, what it took for what. */
export function EvaluationView(props: IEvaluationViewProps): JSX.Element {
  const { page, run } = props;
  const { model, trans } = page;
  const { evaluate } = model;
  const { evaluation } = evaluate;
  return (
    <>
      <h2 className="jp-DeepInference-batchTitle">{run.title}</h2>
      <p role="status">
        <span aria-hidden="true">{RUN_SIGNS[run.state]}</span>{' '}
        {runState(run, trans)}
      </p>
      <RunBar run={run} label={trans.__('Progress')} />
      <p className="jp-DeepInference-batchProgress">{progressOf(run, trans)}</p>
      {run.error && run.state !== 'cancelled' && (
        <ErrorBox problem={run.error} trans={trans} />
      )}
      {evaluation && evaluation.count > 0 && (
        <p className="jp-DeepTraining-accuracy">
          {accuracyWords(evaluation, trans)}
        </p>
      )}
      <div className="jp-DeepInference-actions">
        <RunActions
          run={run}
          trans={trans}
          onAct={action => void evaluate.act(action)}
        />
        <OpenResults
          page={page}
          run={run}
          onPictures={() => evaluate.showPictures()}
        />
      </div>
      {evaluation && (
        <>
          <Notices evaluation={evaluation} trans={trans} />
          {evaluation.count > 0 && (
            <>
              <Confusions evaluation={evaluation} trans={trans} />
              <Classes evaluation={evaluation} trans={trans} />
              <Mistakes page={page} run={run} evaluation={evaluation} />
            </>
          )}
        </>
      )}
    </>
  );
}

const accuracyWords = (
  { accuracy = 0, right, count }: Evaluation,
  trans: TranslationBundle
): string =>
  trans._n(
    '%2 right: %3 of %1 file.',
    '%2 right: %3 of %4 files.',
    count,
    percent(accuracy),
    right.toLocaleString(),
    count.toLocaleString()
  );

interface IPartProps {
  evaluation: Evaluation;
  trans: TranslationBundle;
}

/** What a person should know before believing the numbers. */
function Notices({ evaluation, trans }: IPartProps): JSX.Element {
  const { failed, unknown, leftOut } = evaluation;
  return (
    <>
      {unknown.length > 0 && (
        <p className="jp-DeepTraining-notice">
          <span aria-hidden="true">▲ </span>
          {trans._n(
            'The module does not know this class: %2.',
            'The module does not know %1 of the classes: %2.',
            unknown.length,
            unknown.slice(0, MOST_CLASSES).join(', ')
          )}
        </p>
      )}
      {failed > 0 && (
        <p>
          {trans._n(
            '%2 file could not be done and counts neither as right nor as wrong.',
            '%2 files could not be done and count neither as right nor as wrong.',
            failed,
            failed.toLocaleString()
          )}
        </p>
      )}
      {leftOut.count > 0 && (
        <details className="jp-DeepTraining-details">
          <summary>
            {trans._n(
              '%2 file was left out',
              '%2 files were left out',
              leftOut.count,
              leftOut.count.toLocaleString()
            )}
          </summary>
          <ul>
            {leftOut.first.map(({ path, reason }, index) => (
              <li key={index}>
                {path}: {reason}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

/** The matrix; of many classes what was taken for what most often. */
function Confusions({ evaluation, trans }: IPartProps): JSX.Element | null {
  const { labels, rows, outside, perClass, confused } = evaluation;
  if (labels.length <= MOST_CLASSES && outside === 0) {
    const own = new Set(perClass.map(({ label }) => label));
    return (
      <ConfusionTable
        confusion={{ labels, rows }}
        rowLabels={own}
        trans={trans}
      />
    );
  }
  return confused.length === 0 ? null : (
    <div className="jp-DeepInference-batchTable">
      <table>
        <caption>{trans.__('Taken for another most often')}</caption>
        <thead>
          <tr>
            <th scope="col">{trans.__('It was')}</th>
            <th scope="col">{trans.__('Found')}</th>
            <th scope="col">{trans.__('Files')}</th>
          </tr>
        </thead>
        <tbody>
          {confused.map(({ label, found, count }) => (
            <tr key={`${label}\n${found}`}>
              <th scope="row">{label}</th>
              <td>{found}</td>
              <td>{count.toLocaleString()}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Classes({ evaluation, trans }: IPartProps): JSX.Element {
  return (
    <details className="jp-DeepTraining-details">
      <summary>{trans.__('Class by class')}</summary>
      <div className="jp-DeepInference-batchTable">
        <table>
          <thead>
            <tr>
              <th scope="col">{trans.__('Class')}</th>
              <th scope="col">{trans.__('Files')}</th>
              <th scope="col">{trans.__('Of them found (recall)')}</th>
              <th scope="col">{trans.__('Right when found (precision)')}</th>
            </tr>
          </thead>
          <tbody>
            {evaluation.perClass.map(({ label, count, recall, precision }) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                <td>{count.toLocaleString()}</td>
                <td>{recall === undefined ? '–' : percent(recall)}</td>
                <td>{precision === undefined ? '–' : percent(precision)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
