import type { Run } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { isOpen } from '../activity/runWords';
import type { TrainingClient } from './trainingClient';

interface ITrainingLogProps {
  client: TrainingClient;
  run: Run;
  trans: TranslationBundle;
}

const LOOK_MS = 1000;
/** More than this nobody reads here, and it costs memory. */
const SHOWN_CHARACTERS = 200_000;

/** The log of a training; it follows while it is open and the training goes. */
export function TrainingLog(props: ITrainingLogProps): JSX.Element {
  const { client, run, trans } = props;
  const [isShown, show] = React.useState(false);
  const [text, setText] = React.useState('');
  const offset = React.useRef(0);
  const goes = isOpen(run);
  React.useEffect(() => {
    if (!isShown) {
      return;
    }
    let isStopped = false;
    let timer: number | undefined;
    const look = async (): Promise<void> => {
      try {
        const from = offset.current;
        const piece = await client.log(run.id, from);
        if (isStopped) {
          return;
        }
        offset.current = piece.next;
        if (piece.text) {
          setText(known => (known + piece.text).slice(-SHOWN_CHARACTERS));
        }
        if (goes || piece.next > from) {
          timer = window.setTimeout(() => void look(), LOOK_MS);
        }
      } catch {
        // The page says when the service is away; then it is asked again.
        timer = window.setTimeout(() => void look(), LOOK_MS * 5);
      }
    };
    void look();
    return () => {
      isStopped = true;
      window.clearTimeout(timer);
    };
  }, [client, run.id, isShown, goes]);
  return (
    <details
      className="jp-DeepTraining-log"
      onToggle={event => show(event.currentTarget.open)}
    >
      <summary>{trans.__('Log')}</summary>
      <pre tabIndex={0} aria-label={trans.__('Log of the training')}>
        {text || trans.__('Nothing yet.')}
      </pre>
    </details>
  );
}
