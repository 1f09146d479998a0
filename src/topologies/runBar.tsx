import * as React from 'react';
import { RUN_SIGNS, runState, topologyFacts } from '../activity/runWords';
import { ErrorBox } from '../shared/errorBox';
import { formatAgo } from '../shared/time';
import { CommandIDs } from './commandIds';
import type { TopologyEditor } from './editor';

interface IRunBarProps {
  editor: TopologyEditor;
}

/** How the last run goes, or went; nothing where there was none. */
export function RunBar({ editor }: IRunBarProps): JSX.Element | null {
  const { trans, run } = editor;
  if (run.failure) {
    const actions = [
      { label: trans.__('Close'), onClick: () => run.dismissFailure() }
    ];
    return <ErrorBox problem={run.failure} trans={trans} actions={actions} />;
  }
  if (!run.run) {
    return null;
  }
  const { state, error, endedAt, progress } = run.run;
  const hasOutputs = (run.run.topology?.outputs.length ?? 0) > 0;
  return (
    <div className="jp-DeepTopologies-run" data-state={state}>
      <span role="status">
        <span aria-hidden="true">{RUN_SIGNS[state]}</span>{' '}
        {runState(run.run, trans)}
      </span>
      {progress && progress.total > 0 && (
        <progress
          max={progress.total}
          value={progress.done}
          aria-label={trans.__('Progress of the run')}
        />
      )}
      <span>{topologyFacts(run.run, trans)}</span>
      {endedAt && !run.isGoing && (
        <span title={new Date(endedAt).toLocaleString()}>
          {formatAgo(new Date(endedAt))}
        </span>
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
      {error && <ErrorBox problem={error} trans={trans} />}
    </div>
  );
}
