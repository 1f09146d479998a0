import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { asRequestError } from '../service/errors';
import type { LogFollower } from './logFollower';
import { useChanges } from './useChanges';

/** So near to its end counts as at its end. */
const END_PX = 20;

interface ILogViewProps {
  log: LogFollower;
  /** Of the text, for assistive technology. */
  label: string;
  trans: TranslationBundle;

  /** Save all of it on this computer. */
  onDownload: () => Promise<void>;

  /** Save all of it into Jupyter. @returns the path. Without it that is not offered. */
  onSave?: () => Promise<string>;
}

/** A log that follows, can be searched and saved. */
export function LogView(props: ILogViewProps): JSX.Element {
  const { log, label, trans } = props;
  useChanges(log);
  React.useEffect(() => {
    log.follow();
    return () => log.pause();
  }, [log]);
  const [wanted, search] = React.useState('');
  const { shown, count } = linesWith(log.text, wanted);
  return (
    <div className="jp-DeepShared-log">
      <div className="jp-DeepShared-logTools">
        <input
          type="search"
          className="jp-mod-styled"
          placeholder={trans.__('Search the log')}
          aria-label={trans.__('Search the log')}
          value={wanted}
          onChange={event => search(event.currentTarget.value)}
        />
        <span role="status">
          {wanted &&
            trans._n('%2 line', '%2 lines', count, count.toLocaleString())}
        </span>
        <Saving {...props} />
      </div>
      <Notes log={log} trans={trans} />
      <Following
        text={shown || (wanted ? '' : emptyWords(log, trans))}
        label={label}
      />
    </div>
  );
}

function Saving({ trans, onDownload, onSave }: ILogViewProps): JSX.Element {
  const [words, say] = React.useState('');
  const save = async (how: () => Promise<string>): Promise<void> => {
    try {
      say(await how());
    } catch (reason) {
      const { detail } = asRequestError(reason, trans).problem;
      say(trans.__('The log could not be saved: %1', detail));
    }
  };
  return (
    <>
      {onSave && (
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() =>
            void save(async () => trans.__('Saved as %1.', await onSave()))
          }
        >
          {trans.__('Save to Jupyter')}
        </button>
      )}
      <button
        type="button"
        className="jp-mod-styled"
        onClick={() =>
          void save(async () => {
            await onDownload();
            return '';
          })
        }
      >
        {trans.__('Download')}
      </button>
      <span role="status">{words}</span>
    </>
  );
}

function Notes({
  log,
  trans
}: Pick<ILogViewProps, 'log' | 'trans'>): JSX.Element {
  return (
    <p role="status" className="jp-DeepShared-logNotes">
      {log.failure !== null &&
        trans.__(
          'It cannot be read at the moment: %1 It is tried again by itself.',
          asRequestError(log.failure, trans).problem.detail
        )}
      {log.failure === null &&
        log.isCut &&
        trans.__(
          'Its beginning is left out here; what is saved has all of it.'
        )}
    </p>
  );
}

const emptyWords = (log: LogFollower, trans: TranslationBundle): string =>
  log.isAtEnd ? trans.__('Nothing was written yet.') : trans.__('Reading…');

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
      role="region"
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
export function linesWith(
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
