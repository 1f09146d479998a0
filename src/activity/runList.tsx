import '../../style/activity.css';
import type { Run } from '@jupyterlab-deep/protocol';
import { sparkline } from '@jupyterlab-deep/protocol/lib/sparkline';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { ErrorBox } from '../shared/errorBox';
import { Elapsed, formatAgo } from '../shared/time';
import { useChanges } from '../shared/useChanges';
import { JobDetails } from './jobDetails';
import { RunActions, RunBar } from './runActions';
import { MOST_COMPARED, RunComparison } from './runComparison';
import type { RunListModel } from './runListModel';
import { isOpen } from './openRun';
import { progressOf, RUN_SIGNS, runState } from './runWords';

interface IRunListProps {
  model: RunListModel;
  trans: TranslationBundle;

  /** Show a run where its results are. */
  onOpen: (run: Run) => void;

  /** Only runs of this module; all when empty. */
  module?: string;
}

/** Runs with their state, how far they are, and what can be done with them. */
export function RunList(props: IRunListProps): JSX.Element {
  const { model, trans, onOpen, module = '' } = props;
  useChanges(model);
  const { runs, error } = model;
  const shown = (runs ?? []).filter(
    run => module === '' || run.module === module
  );
  const chosen = shown.filter(({ id }) => model.chosen.has(id));
  return (
    <>
      {error && (
        <ErrorBox
          problem={error.problem}
          trans={trans}
          actions={[
            { label: trans.__('Reload'), onClick: () => void model.load() }
          ]}
        />
      )}
      {!runs && !error && <p role="status">{trans.__('Asking for runs…')}</p>}
      {runs && shown.length === 0 && (
        <p className="jp-DeepActivity-empty">
          {trans.__('Nothing has run yet. Try a module of the catalogue.')}
        </p>
      )}
      <RunComparison model={model} chosen={chosen} trans={trans} />
      <ul className="jp-DeepActivity-runs">
        {shown.map(run => (
          <RunRow
            key={run.id}
            run={run}
            model={model}
            trans={trans}
            mayChoose={chosen.length < MOST_COMPARED}
            onOpen={onOpen}
          />
        ))}
      </ul>
      {model.mayHaveMore && (
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => void model.loadMore()}
        >
          {trans.__('Show older runs')}
        </button>
      )}
    </>
  );
}

interface IRunRowProps {
  run: Run;
  model: RunListModel;
  trans: TranslationBundle;
  /** One more can be compared. */
  mayChoose: boolean;
  onOpen: (run: Run) => void;
}

function RunRow(props: IRunRowProps): JSX.Element {
  const { run, model, trans, mayChoose, onOpen } = props;
  const progress = progressOf(run, trans);
  const isChosen = model.chosen.has(run.id);
  return (
    <li data-state={run.state}>
      <div className="jp-DeepActivity-line">
        <button
          type="button"
          className="jp-DeepActivity-title"
          onClick={() => onOpen(run)}
        >
          {run.title}
        </button>
        <When run={run} />
      </div>
      <p className="jp-DeepActivity-state">
        <span aria-hidden="true">{RUN_SIGNS[run.state]}</span>{' '}
        {[runState(run, trans), progress].filter(Boolean).join(' · ')}
        {run.training?.curve && (
          <span aria-hidden="true" className="jp-DeepActivity-curve">
            {sparkline(run.training.curve.values)}
          </span>
        )}
      </p>
      <RunBar run={run} label={trans.__('Progress of %1', run.title)} />
      {run.error && run.state !== 'cancelled' && (
        <p className="jp-DeepActivity-reason">
          {run.error.detail} {run.error.hint}
        </p>
      )}
      <JobDetails run={run} model={model} trans={trans} />
      <div className="jp-DeepActivity-actions">
        <RunActions
          run={run}
          trans={trans}
          onAct={action => void model.act(run.id, action)}
        />
        {run.kind === 'training' && (
          <label className="jp-DeepActivity-choice">
            <input
              type="checkbox"
              checked={isChosen}
              disabled={!isChosen && !mayChoose}
              onChange={event =>
                model.choose(run.id, event.currentTarget.checked)
              }
            />
            {trans.__('Compare')}
          </label>
        )}
        {!isOpen(run) && (
          <button
            type="button"
            className="jp-mod-styled"
            aria-label={trans.__('Delete the record of %1', run.title)}
            onClick={() => void model.remove(run.id)}
          >
            {trans.__('Delete')}
          </button>
        )}
      </div>
    </li>
  );
}

/** Since when it goes, or when it began. */
function When({ run }: { run: Run }): JSX.Element {
  const { createdAt, startedAt } = run;
  if (run.state === 'running') {
    return <Elapsed since={startedAt ?? createdAt} />;
  }
  const began = new Date(createdAt);
  return (
    <time dateTime={createdAt} title={began.toLocaleString()}>
      {formatAgo(began)}
    </time>
  );
}
