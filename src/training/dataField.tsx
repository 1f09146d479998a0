import type { FieldProps } from '@rjsf/utils';
import * as React from 'react';
import type { IFormContext } from '../inference/form';
import type { IPageContext } from '../inference/pageContext';
import { BindButton } from './dataBinding';
import { DataPicker } from './dataPicker';

/** Where the data of a training lie: a dataset, or a folder of Jupyter; elsewhere the path that the module sees. */
export function DataField(props: FieldProps): JSX.Element {
  // A training is begun on its module's page.
  const page = (props.formContext as IFormContext).page!;
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

function DataChoice(props: IChoiceProps): JSX.Element {
  const { page, argument, ...rest } = props;
  const { train } = page.model;
  return (
    <div>
      <DataPicker
        page={page}
        {...rest}
        datasets={train.datasets}
        chosen={train.data.get(argument) ?? null}
        onChoose={(data, shown) => train.setData(argument, data, shown)}
      />
      <BindButton
        page={page}
        argument={argument}
        label={rest.label}
        id={rest.id}
        isData={false}
      />
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
