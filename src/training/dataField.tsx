import type { FieldProps } from '@rjsf/utils';
import * as React from 'react';
import type { IFormContext } from '../inference/form';
import type { IPageContext } from '../inference/pageContext';
import { formatSize } from '../shared/sizes';

/** Where the data of a training lie: a dataset, or a folder of Jupyter; elsewhere the path that the module sees. */
export function DataField(props: FieldProps): JSX.Element {
  const { page } = props.formContext as IFormContext;
  const label = props.schema.title ?? props.name;
  const { target = 'process' } = page.model.deployment.deployment ?? {};
  const isElsewhere = target !== 'process';
  const Choice = isElsewhere ? PathChoice : DataChoice;
  return (
    <Choice
      page={page}
      argument={props.name}
      label={label}
      isRequired={props.required ?? false}
      id={props.idSchema.$id}
      about={`${props.idSchema.$id}-about`}
    />
  );
}

interface IChoiceProps {
  page: IPageContext;
  argument: string;
  label: string;
  isRequired: boolean;
  id: string;
  about: string;
}

const FOLDER = ' folder';

function DataChoice(props: IChoiceProps): JSX.Element {
  const { page, argument, label, isRequired, id, about } = props;
  const { model, trans } = page;
  const { train } = model;
  const chosen = train.data.get(argument);
  const datasets = train.datasets ?? [];
  const folder = chosen?.from === 'jupyter' ? chosen.path : undefined;
  const choose = async (value: string): Promise<void> => {
    const dataset = datasets.find(each => each.id === value);
    if (dataset) {
      train.setData(argument, { from: 'dataset', id: dataset.id }, dataset.ref);
    } else if (value === FOLDER) {
      const path = await page.chooseFolder?.();
      if (path) {
        train.setData(argument, { from: 'jupyter', path }, path);
      }
    } else {
      train.setData(argument, null);
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
      {train.datasets?.length === 0 && (
        <p className="jp-DeepInference-description">
          {trans.__(
            'Choose a folder of Jupyter, or make a dataset of a cloud in the storage panel.'
          )}
        </p>
      )}
    </div>
  );
}

/** A module that runs elsewhere sees other files than this machine. */
function PathChoice(props: IChoiceProps): JSX.Element {
  const { page, argument, label, isRequired, id, about } = props;
  const { train, deployment } = page.model;
  const { trans } = page;
  const chosen = train.data.get(argument);
  return (
    <div className="jp-DeepTraining-data">
      <label htmlFor={id}>
        {label}
        {isRequired && <span aria-hidden="true"> *</span>}
      </label>
      <input
        id={id}
        className="jp-mod-styled"
        aria-describedby={about}
        placeholder={trans.__('/storage/data')}
        value={chosen?.from === 'path' ? chosen.path : ''}
        onChange={event => {
          const path = event.currentTarget.value;
          train.setData(argument, path ? { from: 'path', path } : null, path);
        }}
      />
      <p className="jp-DeepInference-description">
        {trans.__(
          'The module runs at %1: give the path under which it sees the data.',
          deployment.deployment?.endpoint ?? ''
        )}
      </p>
    </div>
  );
}
