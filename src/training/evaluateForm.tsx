import * as React from 'react';
import {
  fileOfComputer,
  patternFor,
  restOf,
  valuesWords
} from '../inference/batchValues';
import type { IFormPlan } from '../inference/formSchema';
import type { IPageContext } from '../inference/pageContext';
import { DataPicker } from './dataPicker';

interface IEvaluateFormProps {
  page: IPageContext;
  plan: IFormPlan;
}

/** Which data, where their labels are, and *Start*. */
export function EvaluateForm({ page, plan }: IEvaluateFormProps): JSX.Element {
  const { model, trans, idPrefix } = page;
  const { evaluate } = model;
  const [first] = plan.files;
  const [argument, setArgument] = React.useState(first);
  const id = (name: string) => `${idPrefix}-evaluate-${name}`;
  const stray = fileOfComputer(page, argument);
  const canBegin = evaluate.canBegin && stray === undefined;
  return (
    <form
      className="jp-DeepInference-batchForm"
      onSubmit={event => {
        event.preventDefault();
        if (canBegin) {
          void evaluate.begin({
            argument,
            pattern: patternFor(plan, argument),
            ...restOf(page, argument)
          });
        }
      }}
    >
      <DataPicker
        page={page}
        id={id('data')}
        label={trans.__('Data')}
        isRequired={true}
        datasets={evaluate.datasets}
        chosen={evaluate.choice.data}
        onChoose={data => evaluate.choose({ data })}
      />
      {plan.files.length > 1 && (
        <>
          <label htmlFor={id('argument')}>
            {trans.__('The files are for')}
          </label>
          <select
            id={id('argument')}
            value={argument}
            onChange={event => setArgument(event.currentTarget.value)}
          >
            {plan.files.map(name => (
              <option key={name} value={name}>
                {(plan.schema.properties?.[name] as { title?: string }).title}
              </option>
            ))}
          </select>
        </>
      )}
      <LabelsChoice page={page} />
      <p className="jp-DeepInference-description">{valuesWords(page)}</p>
      {stray !== undefined && (
        <p role="alert" className="jp-DeepInference-fieldError">
          {trans.__(
            '%1 lies on your computer. Choose a file of Jupyter for it in Try: the work goes on when this page is closed.',
            stray
          )}
        </p>
      )}
      <div className="jp-DeepInference-actions">
        <button
          type="submit"
          className="jp-mod-styled jp-mod-accept"
          disabled={!canBegin}
        >
          {trans.__('Start')}
        </button>
      </div>
    </form>
  );
}

/** The labels are in a list that lies there, in the names of folders, or in a list that is named. */
function LabelsChoice({ page }: { page: IPageContext }): JSX.Element {
  const { model, trans, idPrefix } = page;
  const { evaluate } = model;
  const { labels, list } = evaluate.choice;
  const choices = [
    ['found', trans.__('in labels.csv, else in the names of folders')],
    ['folders', trans.__('in the names of folders')],
    ['list', trans.__('in a list (CSV or JSON):')]
  ] as const;
  return (
    <fieldset className="jp-DeepInference-batchResults">
      <legend>{trans.__('The true class of each file stands')}</legend>
      {choices.map(([value, label]) => (
        <label key={value}>
          <input
            type="radio"
            name={`${idPrefix}-evaluate-labels`}
            checked={labels === value}
            onChange={() => evaluate.choose({ labels: value })}
          />
          {label}
        </label>
      ))}
      <input
        className="jp-mod-styled"
        aria-label={trans.__('List of labels, in the folder of the data')}
        value={list}
        disabled={labels !== 'list'}
        onChange={event => evaluate.choose({ list: event.currentTarget.value })}
      />
    </fieldset>
  );
}
