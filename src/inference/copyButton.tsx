import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

/** Long enough to be read. */
const SAID_MS = 2000;

interface ICopyButtonProps {
  label: string;
  text: string;
  trans: TranslationBundle;
}

/** Copies a text, and says so. */
export function CopyButton(props: ICopyButtonProps): JSX.Element {
  const { label, text, trans } = props;
  const [copies, setCopies] = React.useState(0);
  const [isSaid, setSaid] = React.useState(false);
  React.useEffect(() => {
    const timer = setTimeout(() => setSaid(false), SAID_MS);
    return () => clearTimeout(timer);
  }, [copies]);
  return (
    <span className="jp-DeepInference-copy">
      <button
        type="button"
        className="jp-mod-styled"
        onClick={() => {
          Clipboard.copyToSystem(text);
          setSaid(true);
          setCopies(count => count + 1);
        }}
      >
        {label}
      </button>
      <span role="status">{isSaid ? trans.__('Copied.') : ''}</span>
    </span>
  );
}
