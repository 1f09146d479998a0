import type { Run } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { RunActions } from '../activity/runActions';
import { isOpen } from '../activity/openRun';
import { RUN_SIGNS, runState } from '../activity/runWords';
import type { StorageActions } from './actions';
import { transferFacts } from './words';

interface ITransferRowProps {
  run: Run;
  actions: StorageActions;
  trans: TranslationBundle;
}

/** A transfer: how far, how fast, and what can be done. */
export function TransferRow(props: ITransferRowProps): JSX.Element {
  const { run, actions, trans } = props;
  const { title, transfer, error, state } = run;
  return (
    <li data-state={state}>
      <div className="jp-DeepStorage-line">
        <span className="jp-DeepStorage-sign" aria-hidden="true">
          {RUN_SIGNS[state]}
        </span>
        <span className="jp-DeepStorage-name">{title}</span>
        <span>{runState(run, trans)}</span>
      </div>
      {isOpen(run) && transfer?.totalBytes !== undefined && (
        <progress
          className="jp-DeepStorage-bar"
          aria-label={trans.__('Progress of %1', title)}
          max={Math.max(transfer.totalBytes, 1)}
          value={Math.min(transfer.doneBytes, transfer.totalBytes)}
        />
      )}
      <p className="jp-DeepStorage-facts">{transferFacts(run, trans)}</p>
      {error && state !== 'cancelled' && (
        <p className="jp-DeepStorage-problem">
          {error.detail} {error.hint}
        </p>
      )}
      <div className="jp-DeepStorage-actions">
        <RunActions
          run={run}
          trans={trans}
          onAct={action => void actions.act(run.id, action)}
        />
        <button
          type="button"
          aria-label={trans.__('Log of %1', title)}
          onClick={() => void actions.showLog(run)}
        >
          {trans.__('Log')}
        </button>
      </div>
    </li>
  );
}
