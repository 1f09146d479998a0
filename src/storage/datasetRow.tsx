import type { Dataset } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { StorageActions } from './actions';
import { DATASET_SIGNS, datasetFacts, datasetState } from './words';

interface IDatasetRowProps {
  dataset: Dataset;
  actions: StorageActions;
  trans: TranslationBundle;
}

/** A dataset: how kernels see it, how large and fresh it is, what waits. */
export function DatasetRow(props: IDatasetRowProps): JSX.Element {
  const { dataset, actions, trans } = props;
  const { name, ref, state, here, there, error, why } = dataset;
  return (
    <li data-state={state}>
      <div className="jp-DeepStorage-line">
        <span className="jp-DeepStorage-sign" aria-hidden="true">
          {DATASET_SIGNS[state]}
        </span>
        <button
          type="button"
          className="jp-DeepStorage-title"
          title={trans.__('Open its folder: %1', dataset.path)}
          onClick={() => void actions.openDataset(dataset)}
        >
          {name}
        </button>
        <span title={why}>{datasetState(dataset, trans)}</span>
      </div>
      {state === 'copying' && there && (
        <progress
          className="jp-DeepStorage-bar"
          aria-label={trans.__('Progress of %1', name)}
          max={Math.max(there.files, 1)}
          value={Math.min(here.files, there.files)}
        />
      )}
      <p className="jp-DeepStorage-facts">
        <code>{ref}</code> · {datasetFacts(dataset, trans)}
      </p>
      {error && (
        <p className="jp-DeepStorage-problem">
          {error.detail} {error.hint}
        </p>
      )}
      <details>
        <summary>{trans.__('Why this way')}</summary>
        <p>{why}</p>
        <code>{dataset.path}</code>
        <ul>
          {dataset.conflicts.map(({ path, copy }) => (
            <li key={copy}>
              {trans.__('%1: yours is kept as %2', path, copy)}
            </li>
          ))}
        </ul>
      </details>
      <Buttons {...props} />
    </li>
  );
}

function Buttons({ dataset, actions, trans }: IDatasetRowProps): JSX.Element {
  const { id, name, way, state, waiting } = dataset;
  const isCopy = way === 'copy';
  const isIdle = state === 'ready' || state === 'failed';
  const buttons: [string, () => Promise<void>, boolean][] = [
    [trans.__('Use in cell'), () => actions.useInCell(dataset), true],
    [trans.__('Copy path'), () => actions.copyPath(dataset.path), true],
    [trans.__('Refresh'), () => actions.refreshDataset(id), isIdle],
    [
      trans.__('Push'),
      () => actions.pushDataset(id),
      isIdle && waiting.files > 0
    ],
    [
      trans.__('Fetch more…'),
      () => actions.fetchMore(dataset),
      isIdle && isCopy && dataset.pattern !== undefined
    ],
    [trans.__('Forget…'), () => actions.forget(dataset), true]
  ];
  return (
    <div className="jp-DeepStorage-actions">
      {buttons
        .filter(([, , isOffered]) => isOffered)
        .map(([label, act]) => (
          <button
            key={label}
            type="button"
            aria-label={`${label} ${name}`}
            onClick={() => void act()}
          >
            {label}
          </button>
        ))}
    </div>
  );
}
