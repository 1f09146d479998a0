import '../../style/activity.css';
import type { Run } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { isOpen } from './openRun';
import { failedOf } from './runWords';
import type { RunAction } from './runsClient';

const WITH_PARTS: readonly Run['kind'][] = ['batch', 'transfer', 'topology'];

interface IRunActionsProps {
  run: Run;
  trans: TranslationBundle;
  onAct: (action: RunAction) => void;
}

/** What can be done with a run now. */
export function RunActions({
  run,
  trans,
  onAct
}: IRunActionsProps): JSX.Element {
  // What has parts can be held between them, and its failed parts done again.
  const hasParts = WITH_PARTS.includes(run.kind);
  const isTransferOver =
    run.kind === 'transfer' &&
    (run.state === 'failed' || run.state === 'interrupted');
  const buttons: [RunAction, string, boolean][] = [
    ['pause', trans.__('Pause'), hasParts && run.state === 'running'],
    ['resume', trans.__('Resume'), run.state === 'paused'],
    ['cancel', trans.__('Cancel'), isOpen(run)],
    [
      'retry',
      trans.__('Retry failed'),
      isTransferOver ||
        (hasParts && failedOf(run) > 0 && run.state !== 'running')
    ],
    ['again', trans.__('Start again'), run.kind === 'training' && !isOpen(run)]
  ];
  return (
    <>
      {buttons
        .filter(([, , isOffered]) => isOffered)
        .map(([action, label]) => (
          <button
            key={action}
            type="button"
            className="jp-mod-styled"
            aria-label={`${label}: ${run.title}`}
            onClick={() => onAct(action)}
          >
            {label}
          </button>
        ))}
    </>
  );
}

interface IRunBarProps {
  run: Run;
  label: string;
}

/** How far it is; nothing where that is not known. */
export function RunBar({ run, label }: IRunBarProps): JSX.Element | null {
  const { progress } = run;
  return progress && progress.total > 0 && isOpen(run) ? (
    <progress
      className="jp-DeepActivity-bar"
      aria-label={label}
      max={progress.total}
      value={Math.min(progress.done, progress.total)}
    />
  ) : null;
}
