import type { Run } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { TrainingClient } from './trainingClient';

/** How often each class was found for each class that it was; row: what it was. */
interface IConfusion {
  labels: string[];
  rows: number[][];
}

interface IConfusionViewProps {
  client: TrainingClient;
  run: Run;
  trans: TranslationBundle;
}

/** Larger ones are in the result, for those who want them. */
const MOST_CLASSES = 20;

/** The confusion matrix of a training that tells one, with the pictures that it had not learnt from. */
export function ConfusionView(props: IConfusionViewProps): JSX.Element | null {
  const { client, run, trans } = props;
  const [confusion, setConfusion] = React.useState<IConfusion | null>(null);
  const hasResult = run.state === 'succeeded' && run.result !== undefined;
  React.useEffect(() => {
    let isGone = false;
    if (hasResult) {
      client.result(run.id).then(
        result => !isGone && setConfusion(confusionIn(result)),
        // The page says when the service is away; all else of the training is shown.
        () => undefined
      );
    }
    return () => {
      isGone = true;
    };
  }, [client, run.id, hasResult]);
  if (!confusion) {
    return null;
  }
  const { labels, rows } = confusion;
  return (
    <div className="jp-DeepTraining-confusion">
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
          {labels.map((label, row) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              {rows[row].map((count, column) => (
                <td
                  key={labels[column]}
                  data-kind={
                    count === 0 ? 'none' : row === column ? 'right' : 'wrong'
                  }
                >
                  {count.toLocaleString()}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function confusionIn(result: unknown): IConfusion | null {
  const { confusion } = (result ?? {}) as { confusion?: Partial<IConfusion> };
  const { labels, rows } = confusion ?? {};
  const isMatrix =
    Array.isArray(labels) &&
    Array.isArray(rows) &&
    labels.length <= MOST_CLASSES &&
    rows.length === labels.length &&
    rows.every(row => Array.isArray(row) && row.length === labels.length);
  return isMatrix ? { labels, rows } : null;
}
