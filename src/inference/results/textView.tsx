import { Clipboard } from '@jupyterlab/apputils';
import * as React from 'react';
import { formatSize } from '../../shared/sizes';
import { IPredictionResult, SHOWN_CHARACTERS } from '../result';
import { formatCount } from './numbers';
import type { IViewContext } from './viewContext';

/** More than this is saved, not copied. */
const COPIED_BYTES = 50_000_000;

/** Text as it stands; markup in it stays text. */
export function TextView({ view }: { view: IViewContext }): JSX.Element {
  const { result, trans } = view;
  const { text = '', isCut, blob } = result;
  return (
    <div className="jp-DeepInference-code">
      <div className="jp-DeepInference-codeBar">
        {blob.size <= COPIED_BYTES && (
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() => void copyText(result)}
          >
            {trans.__('Copy')}
          </button>
        )}
        {isCut && (
          <span>
            {trans.__(
              'The first %1 characters of %2; Copy takes all.',
              formatCount(SHOWN_CHARACTERS),
              formatSize(blob.size)
            )}
          </span>
        )}
      </div>
      <pre tabIndex={0} aria-label={trans.__('Answer')}>
        {text}
      </pre>
    </div>
  );
}

/** The whole of it, also what is not shown. */
export async function copyText(result: IPredictionResult): Promise<void> {
  const { text = '', isCut, blob } = result;
  Clipboard.copyToSystem(isCut ? await blob.text() : text);
}
