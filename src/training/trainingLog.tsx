import type { Run } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { isOpen } from '../activity/runWords';
import { downloadBlob } from '../inference/results/download';
import { asRequestError } from '../service/errors';
import type { TrainingClient } from './trainingClient';

interface ITrainingLogProps {
  client: TrainingClient;
  run: Run;
  trans: TranslationBundle;
}

const LOG_TYPE = 'text/plain;charset=utf-8';

const LOOK_MS = 1000;
/** More than this nobody reads here, and it costs memory. */
const SHOWN_CHARACTERS = 200_000;
/** So near to its end counts as at its end. */
const END_PX = 20;

/** The log of a training; it follows while it is open and the training goes, can be searched and saved. */
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
      <LogText
        text={text}
        trans={trans}
        onSave={async () =>
          downloadBlob(
            new Blob([await client.wholeLog(run.id)], { type: LOG_TYPE }),
            `training-${run.id}.log`
          )
        }
      />
    </details>
  );
}

interface ILogTextProps {
  text: string;
  trans: TranslationBundle;
  onSave: () => Promise<void>;
}

function LogText({ text, trans, onSave }: ILogTextProps): JSX.Element {
  const [wanted, search] = React.useState('');
  const [failure, setFailure] = React.useState('');
  const { shown, count } = found(text, wanted);
  const save = async (): Promise<void> => {
    try {
      await onSave();
      setFailure('');
    } catch (reason) {
      const { problem } = asRequestError(reason, trans);
      setFailure(trans.__('The log could not be saved: %1', problem.detail));
    }
  };
  return (
    <>
      <div className="jp-DeepTraining-logTools">
        <input
          type="search"
          className="jp-mod-styled"
          placeholder={trans.__('Search the log')}
          aria-label={trans.__('Search the log')}
          value={wanted}
          onChange={event => search(event.currentTarget.value)}
        />
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => void save()}
        >
          {trans.__('Save the log')}
        </button>
        <span role="status">
          {failure ||
            (wanted &&
              trans._n('%2 line', '%2 lines', count, count.toLocaleString()))}
        </span>
      </div>
      <Following
        text={shown || (wanted ? '' : trans.__('Nothing yet.'))}
        label={trans.__('Log of the training')}
      />
    </>
  );
}

/** Text that grows; whoever looks at its end goes on seeing its end. */
function Following({
  text,
  label
}: {
  text: string;
  label: string;
}): JSX.Element {
  const host = React.useRef<HTMLPreElement>(null);
  const isAtEnd = React.useRef(true);
  React.useLayoutEffect(() => {
    const node = host.current!;
    if (isAtEnd.current) {
      node.scrollTop = node.scrollHeight;
    }
  }, [text]);
  return (
    <pre
      ref={host}
      tabIndex={0}
      aria-label={label}
      onScroll={({
        currentTarget: { scrollTop, scrollHeight, clientHeight }
      }) => {
        isAtEnd.current = scrollTop + clientHeight >= scrollHeight - END_PX;
      }}
    >
      {text}
    </pre>
  );
}

/** The lines that have the words, whatever their capitals; all when nothing is searched for. */
export function found(
  text: string,
  wanted: string
): { shown: string; count: number } {
  if (wanted === '') {
    return { shown: text, count: 0 };
  }
  const small = wanted.toLowerCase();
  const lines = text
    .split('\n')
    .filter(line => line.toLowerCase().includes(small));
  return { shown: lines.join('\n'), count: lines.length };
}
