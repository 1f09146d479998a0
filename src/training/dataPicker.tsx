import type { Dataset, TrainingData } from '@jupyterlab-deep/protocol';
import * as React from 'react';
import type { IPageContext } from '../inference/pageContext';
import { formatSize } from '../shared/sizes';

interface IDataPickerProps {
  page: IPageContext;

  /** Of the choice. */
  id: string;
  label: string;
  isRequired: boolean;

  /** Id of what describes it. */
  about?: string;

  /** Null until they are known. */
  datasets: readonly Dataset[] | null;
  chosen: TrainingData | null;

  /** @param shown What a form shows for it. */
  onChoose: (data: TrainingData | null, shown: string) => void;
}

const FOLDER = ' folder';

/** A dataset, or a folder of Jupyter. */
export function DataPicker(props: IDataPickerProps): JSX.Element {
  const { page, id, label, isRequired, about, chosen, onChoose } = props;
  const { trans } = page;
  const datasets = props.datasets ?? [];
  const folder = chosen?.from === 'jupyter' ? chosen.path : undefined;
  const choose = async (value: string): Promise<void> => {
    const dataset = datasets.find(each => each.id === value);
    if (dataset) {
      onChoose({ from: 'dataset', id: dataset.id }, dataset.ref);
    } else if (value === FOLDER) {
      const path = await page.chooseFolder?.();
      if (path) {
        onChoose({ from: 'jupyter', path }, path);
      }
    } else {
      onChoose(null, '');
    }
  };
  return (
    <div className="jp-DeepTraining-data">
      <label htmlFor={id}>
        {label}
        {isRequired && <span aria-hidden="true"> *</span>}
      </label>
      <div className="jp-DeepTraining-choice">
        <select
          id={id}
          aria-describedby={about}
          value={
            chosen?.from === 'dataset' ? chosen.id : folder ? 'chosen' : ''
          }
          onChange={event => void choose(event.currentTarget.value)}
        >
          <option value="">{trans.__('Choose the data…')}</option>
          {folder && <option value="chosen">{folder}</option>}
          {datasets.map(each => (
            <option key={each.id} value={each.id}>
              {trans.__(
                '%1 — %2 files, %3',
                each.ref,
                each.here.files.toLocaleString(),
                formatSize(each.here.bytes)
              )}
            </option>
          ))}
        </select>
        {page.chooseFolder && (
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() => void choose(FOLDER)}
          >
            {trans.__('Folder…')}
          </button>
        )}
      </div>
      {props.datasets?.length === 0 && (
        <p className="jp-DeepInference-description">
          {trans.__(
            'Choose a folder of Jupyter, or make a dataset of a cloud in the storage panel.'
          )}
        </p>
      )}
    </div>
  );
}
