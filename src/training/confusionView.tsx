import type { Run } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { ConfusionTable, IConfusion, MOST_CLASSES } from './confusionTable';
import type { TrainingClient } from './trainingClient';

interface IConfusionViewProps {
  client: TrainingClient;
  run: Run;
  trans: TranslationBundle;
}

/** The confusion matrix of a training that tells one, with the pictures that it had not learnt from; a large one is in the result. */
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
  return confusion && <ConfusionTable confusion={confusion} trans={trans} />;
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
