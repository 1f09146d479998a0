import * as React from 'react';
import { RUN_SIGNS, runState } from '../activity/runWords';
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
      <span>{countWords(editor)}</span>
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

/** *320 of 1,000 items · 2 failed · 300 cached* */
function countWords({ trans, run }: TopologyEditor): string {
  const { progress, topology } = run.run!;
  const nodes = Object.values(topology?.nodes ?? {});
  const failed = nodes.reduce((sum, each) => sum + each.failed, 0);
  const cached = nodes.reduce((sum, each) => sum + each.cached, 0);
  const parts = [
    progress &&
      trans.__(
        '%1 of %2',
        progress.done.toLocaleString(),
        progress.total.toLocaleString()
      ),
    failed > 0 && trans.__('%1 failed', failed.toLocaleString()),
    cached > 0 && trans.__('%1 cached', cached.toLocaleString())
  ];
  return parts.filter(Boolean).join(' · ');
}
