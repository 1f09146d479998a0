import type { Run } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { isOpen } from '../activity/openRun';
import { downloadBlob } from '../inference/results/download';
import { LogFollower } from '../shared/logFollower';
import { LogView } from '../shared/logView';
import type { TrainingClient } from './trainingClient';

interface ITrainingLogProps {
  client: TrainingClient;
  run: Run;
  trans: TranslationBundle;
}

/** The log of a training; it follows while it is open and the training goes, can be searched and saved. */
export function TrainingLog(props: ITrainingLogProps): JSX.Element {
  const { client, run, trans } = props;
  const [isShown, show] = React.useState(false);
  const goes = isOpen(run);
  const log = React.useMemo(
    () =>
      new LogFollower({
        read: offset => client.log(run.id, offset),
        grows: () => goes
      }),
    // What it wrote last is read once more when it has ended.
    [client, run.id, goes]
  );
  React.useEffect(() => () => log.dispose(), [log]);
  const download = async (): Promise<void> =>
    downloadBlob(
      new Blob([await log.whole()], { type: 'text/plain;charset=utf-8' }),
      `training-${run.id}.log`
    );
  return (
    <details
      className="jp-DeepTraining-log"
      onToggle={event => show(event.currentTarget.open)}
    >
      <summary>{trans.__('Log')}</summary>
      {isShown && (
        <LogView
          log={log}
          label={trans.__('Log of the training')}
          trans={trans}
          onDownload={download}
        />
      )}
    </details>
  );
}
