import type { IDetectionsPart } from '@jupyterlab-deep/protocol/lib/results';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { formatCount } from './numbers';
import { areOutside, ISize } from './things';

interface IDetectionsNotesProps {
  part: IDetectionsPart;
  shown: number;

  /** Of the picture; null while there is none. */
  natural: ISize | null;
  trans: TranslationBundle;
}

/** How much of the answer is seen, and why the rest is not. */
export function DetectionsNotes(props: IDetectionsNotesProps): JSX.Element {
  const { part, shown, natural, trans } = props;
  const { items, total, unreadable } = part;
  return (
    <div className="jp-DeepResults-note">
      <p role="status">
        {total === 0
          ? trans.__('Nothing was found.')
          : trans.__(
              '%1 of %2 shown.',
              formatCount(shown),
              formatCount(items.length)
            )}
      </p>
      {total > items.length + unreadable && (
        <p>
          {trans.__(
            'The answer has %1; only the first %2 are drawn. All are in the JSON.',
            formatCount(total),
            formatCount(items.length)
          )}
        </p>
      )}
      {unreadable > 0 && (
        <p>
          {trans._n(
            '%1 entry has no box that can be read.',
            '%1 entries have no box that can be read.',
            unreadable,
            formatCount(unreadable)
          )}
        </p>
      )}
      {natural && areOutside(part, natural) && (
        <p>
          {trans.__(
            'Some lie outside of the picture: the module may mean a picture of another size.'
          )}
        </p>
      )}
    </div>
  );
}
