import '../../style/activity.css';
import type { Run } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { TrainingClient } from '../training/trainingClient';
import type { RunListModel } from './runListModel';

// With the library that draws curves: only for those who compare.
const CompareView = React.lazy(() => import('../training/compareView'));

/** Curves beyond these are not told apart. */
export const MOST_COMPARED = 6;

interface IRunComparisonProps {
  model: RunListModel;
  /** Those of the list that are chosen, in its order. */
  chosen: readonly Run[];
  trans: TranslationBundle;
}

/** What is to be done with the trainings that were chosen in a list, and their comparison. */
export function RunComparison(props: IRunComparisonProps): JSX.Element | null {
  const { model, chosen, trans } = props;
  const client = React.useMemo(
    () => new TrainingClient(model.service),
    [model.service]
  );
  if (chosen.length === 0) {
    return null;
  }
  return (
    <div className="jp-DeepActivity-comparison">
      <p role="status">
        {chosen.length === 1
          ? trans.__('Choose another training to compare it with.')
          : trans.__('%1 trainings compared', chosen.length)}{' '}
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => model.chooseNone()}
        >
          {trans.__('Choose none')}
        </button>
      </p>
      {chosen.length > 1 && (
        <React.Suspense fallback={null}>
          <CompareView client={client} runs={chosen} trans={trans} />
        </React.Suspense>
      )}
    </div>
  );
}
