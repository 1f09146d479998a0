import type { IScoresPart } from '@jupyterlab-deep/protocol/lib/results';
import * as React from 'react';
import { useBlobUrl } from '../picture';
import { formatCount, percent } from './numbers';
import type { IPartProps } from './viewContext';

/** More bars than these are below what matters. */
const SHOWN = 50;

/** The picture with its best label, and all labels with bars. */
export function ClassBars(props: IPartProps<IScoresPart>): JSX.Element {
  const { part, view } = props;
  const { trans, input, result } = view;
  const url = useBlobUrl(input?.run ?? result, async () =>
    input ? input.load() : null
  );
  const shown = part.scores.slice(0, SHOWN);
  const [best] = shown;
  return (
    <figure className="jp-DeepInference-classified">
      {url && (
        <div className="jp-DeepInference-picture">
          <img src={url} alt={trans.__('The picture that was classified')} />
          <span aria-hidden="true">
            {best.label} {percent(best.probability)}
          </span>
        </div>
      )}
      <figcaption>
        <table className="jp-DeepInference-scores">
          <thead className="jp-DeepInference-hidden">
            <tr>
              <th scope="col">{trans.__('Label')}</th>
              <td aria-hidden="true" />
              <th scope="col">{trans.__('Probability')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ label, probability, index }) => (
              <tr key={index}>
                <th scope="row">{label}</th>
                <td aria-hidden="true" className="jp-DeepInference-bar">
                  <span style={{ width: `${probability * 100}%` }} />
                </td>
                <td className="jp-DeepInference-percent">
                  {percent(probability)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {part.total > shown.length && (
          <p className="jp-DeepResults-note">
            {trans.__(
              'The best %1 of %2 classes.',
              formatCount(shown.length),
              formatCount(part.total)
            )}
          </p>
        )}
      </figcaption>
    </figure>
  );
}
