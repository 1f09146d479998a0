import type { Run } from '@jupyterlab-deep/protocol';
import * as React from 'react';
import { RunActions } from '../activity/runActions';
import { RUN_SIGNS, runState, topologyFacts } from '../activity/runWords';
import { ErrorBox, IErrorAction } from '../shared/errorBox';
import { formatAgo } from '../shared/time';
import { CommandIDs } from './commandIds';
import type { TopologyEditor } from './editor';

interface IRunBarProps {
  editor: TopologyEditor;
}

/** How the last run goes, or went, and what can be done with it; nothing where there was none. */
export function RunBar({ editor }: IRunBarProps): JSX.Element {
  const { run } = editor;
  return (
    <>
      <RunFailure editor={editor} />
      {run.run && <LastRun editor={editor} run={run.run} />}
    </>
  );
}

/** Why it could not be begun, or be steered; the run that there is stays in sight. */
function RunFailure({ editor }: IRunBarProps): JSX.Element | null {
  const { trans, run } = editor;
  if (!run.failure) {
    return null;
  }
  const actions: IErrorAction[] = [
    { label: trans.__('Close'), onClick: () => run.dismissFailure() }
  ];
  if (run.failure.type.endsWith(':consent-needed')) {
    actions.unshift({
      label: trans.__('Review and decide…'),
      onClick: () => void editor.start()
    });
  }
  return <ErrorBox problem={run.failure} trans={trans} actions={actions} />;
}

interface ILastRunProps extends IRunBarProps {
  run: Run;
}

function LastRun({ editor, run }: ILastRunProps): JSX.Element {
  const { trans } = editor;
  const { isAway, isGoing } = editor.run;
  const { state, error, endedAt, progress } = run;
  const hasOutputs = (run.topology?.outputs.length ?? 0) > 0;
  return (
    <div className="jp-DeepTopologies-run" data-state={state}>
      <span role="status">{stateWords(editor, run)}</span>
      {isGoing && progress && progress.total > 0 && (
        <progress
          max={progress.total}
          value={progress.done}
          aria-label={trans.__('Progress of the run')}
        />
      )}
      <span>{topologyFacts(run, trans)}</span>
      {endedAt && !isGoing && (
        <span title={new Date(endedAt).toLocaleString()}>
          {formatAgo(new Date(endedAt))}
        </span>
      )}
      <FailedLink editor={editor} />
      {!isAway && (
        <RunActions
          run={run}
          trans={trans}
          onAct={action => void editor.run.act(action)}
        />
      )}
      {hasOutputs && (
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() =>
            void editor.options.commands.execute(CommandIDs.showOutputs)
          }
        >
          {trans.__('Open results')}
        </button>
      )}
      {error && state !== 'cancelled' && (
        <ErrorBox problem={error} trans={trans} />
      )}
    </div>
  );
}

/** While the service is away nobody knows what the run does: only what it did, and that nothing of it is lost. */
function stateWords(
  { trans, run }: TopologyEditor,
  last: Run
): JSX.Element | string {
  if (run.isAway && run.isGoing) {
    const after =
      last.state === 'paused'
        ? trans.__('It was paused, and stays so.')
        : trans.__('The run goes on by itself.');
    return `◌ ${trans.__('Waiting for the service.')} ${after}`;
  }
  return (
    <>
      <span aria-hidden="true">{RUN_SIGNS[last.state]}</span>{' '}
      {runState(last, trans)}
    </>
  );
}

/** To the reasons, at the first node that has some. */
function FailedLink({ editor }: IRunBarProps): JSX.Element | null {
  const { model, run, trans } = editor;
  const failing = Object.keys(model.document?.nodes ?? {}).filter(
    id => (run.progress(id)?.failed ?? 0) > 0
  );
  return failing.length > 0 ? (
    <button
      type="button"
      className="jp-DeepTopologies-small"
      onClick={() => editor.showFailed(failing[0])}
    >
      {trans.__('Why?')}
    </button>
  ) : null;
}
