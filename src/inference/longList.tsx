import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

/** More than this hides what stands below it. */
const SHOWN = 20;

interface ILongListProps {
  items: React.ReactNode[];
  trans: TranslationBundle;
  className?: string;
}

/** A list that shows its beginning, and all of it on demand. */
export function LongList(props: ILongListProps): JSX.Element {
  const { items, trans, className } = props;
  const [isWhole, setWhole] = React.useState(false);
  const hidden = isWhole ? 0 : Math.max(items.length - SHOWN, 0);
  const shown = items.slice(0, items.length - hidden);
  return (
    <>
      <ul className={className}>
        {shown.map((item, index) => (
          <li key={index}>{item}</li>
        ))}
      </ul>
      {hidden > 0 && (
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => setWhole(true)}
        >
          {trans.__('Show %1 more', hidden.toLocaleString())}
        </button>
      )}
    </>
  );
}
