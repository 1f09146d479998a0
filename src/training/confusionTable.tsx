import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

/** How often each class was found for each class that it was; row: what it was. */
export interface IConfusion {
  labels: string[];
  rows: number[][];
}

interface IConfusionTableProps {
  confusion: IConfusion;

  /** Classes that have a row; all of them where it is not said. */
  rowLabels?: ReadonlySet<string>;
  trans: TranslationBundle;
}

/** Larger ones nobody reads. */
export const MOST_CLASSES = 20;

/** Counts by what it was and what was found; mistakes are marked by an outline, what is right by its weight. */
export function ConfusionTable(props: IConfusionTableProps): JSX.Element {
  const { confusion, rowLabels, trans } = props;
  const { labels, rows } = confusion;
  const isShown = (label: string): boolean => rowLabels?.has(label) ?? true;
  return (
    // A wide one is scrolled, also by the keyboard.
    <div
      className="jp-DeepTraining-confusion"
      role="region"
      aria-label={trans.__('Confusion matrix')}
      tabIndex={0}
    >
      <table>
        <caption>
          {trans.__('What it was (rows), and what was found (columns)')}
        </caption>
        <thead>
          <tr>
            <td />
            {labels.map(label => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {labels.map(
            (label, row) =>
              isShown(label) && (
                <tr key={label}>
                  <th scope="row">{label}</th>
                  {rows[row].map((count, column) => (
                    <td
                      key={labels[column]}
                      data-kind={
                        count === 0
                          ? 'none'
                          : row === column
                            ? 'right'
                            : 'wrong'
                      }
                    >
                      {count.toLocaleString()}
                    </td>
                  ))}
                </tr>
              )
          )}
        </tbody>
      </table>
    </div>
  );
}
