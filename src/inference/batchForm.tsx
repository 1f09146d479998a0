import * as React from 'react';
import { fileOfComputer, patternFor, restOf, valuesWords } from './batchValues';
import type { IFormPlan } from './formSchema';
import type { IPageContext } from './pageContext';

interface IBatchFormProps {
  page: IPageContext;
  plan: IFormPlan;
}

/** Which files, with which values, where the results go. */
export function BatchForm({ page, plan }: IBatchFormProps): JSX.Element {
  const { model, trans, idPrefix } = page;
  const { batch } = model;
  const { choice } = batch;
  const [first] = plan.files;
  React.useEffect(() => {
    if (!plan.files.includes(batch.choice.argument)) {
      batch.choose({ argument: first, pattern: patternFor(plan, first) });
    }
  }, [batch, plan, first]);
  const id = (name: string) => `${idPrefix}-batch-${name}`;
  const stray = fileOfComputer(page, choice.argument);
  const hasFiles = (batch.count?.count ?? 0) > 0;
  const canBegin = hasFiles && !batch.isBeginning && stray === undefined;
  return (
    <form
      className="jp-DeepInference-batchForm"
      onSubmit={event => {
        event.preventDefault();
        if (canBegin) {
          void batch.begin(restOf(page, choice.argument));
        }
      }}
    >
      {plan.files.length > 1 && (
        <ArgumentChoice page={page} plan={plan} id={id('argument')} />
      )}
      <label htmlFor={id('folder')}>{trans.__('Folder of Jupyter')}</label>
      <div className="jp-DeepInference-batchFolder">
        <input
          id={id('folder')}
          className="jp-mod-styled"
          value={choice.folder}
          placeholder={trans.__('all of Jupyter')}
          onChange={event =>
            batch.choose({ folder: event.currentTarget.value })
          }
        />
        {page.chooseFolder && (
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() => void chooseFolder(page)}
          >
            {trans.__('Choose…')}
          </button>
        )}
      </div>
      <label htmlFor={id('pattern')}>{trans.__('Files in it')}</label>
      <input
        id={id('pattern')}
        className="jp-mod-styled"
        value={choice.pattern}
        aria-describedby={id('count')}
        onChange={event => batch.choose({ pattern: event.currentTarget.value })}
      />
      <p
        id={id('count')}
        role="status"
        className="jp-DeepInference-description"
      >
        {countWords(page)}
      </p>
      <ResultsChoice page={page} />
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
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => model.setTab('try')}
        >
          {trans.__('Change values…')}
        </button>
      </div>
    </form>
  );
}

interface IArgumentChoiceProps extends IBatchFormProps {
  id: string;
}

function ArgumentChoice({ page, plan, id }: IArgumentChoiceProps): JSX.Element {
  const { batch } = page.model;
  return (
    <>
      <label htmlFor={id}>{page.trans.__('The files are for')}</label>
      <select
        id={id}
        value={batch.choice.argument}
        onChange={event =>
          batch.choose({
            argument: event.currentTarget.value,
            pattern: patternFor(plan, event.currentTarget.value)
          })
        }
      >
        {plan.files.map(name => (
          <option key={name} value={name}>
            {(plan.schema.properties?.[name] as { title?: string }).title}
          </option>
        ))}
      </select>
    </>
  );
}

function ResultsChoice({ page }: { page: IPageContext }): JSX.Element {
  const { model, trans, idPrefix } = page;
  const { batch } = model;
  const choices = [
    ['beside', trans.__('in deep-results/ in this folder')],
    ['root', trans.__('in deep-results/ of Jupyter')]
  ] as const;
  return (
    <fieldset className="jp-DeepInference-batchResults">
      <legend>{trans.__('Results go')}</legend>
      {choices.map(([value, label]) => (
        <label key={value}>
          <input
            type="radio"
            name={`${idPrefix}-batch-results`}
            checked={batch.choice.results === value}
            onChange={() => batch.choose({ results: value })}
          />
          {label}
        </label>
      ))}
    </fieldset>
  );
}

function countWords({ model, trans }: IPageContext): string {
  const { count, countError } = model.batch;
  if (countError) {
    return `${countError.problem.detail} ${countError.problem.hint ?? ''}`;
  }
  if (!count) {
    return trans.__('Counting…');
  }
  const shown = count.count.toLocaleString();
  return count.isComplete
    ? trans._n('%2 file fits.', '%2 files fit.', count.count, shown)
    : trans.__('More than %1 files fit.', shown);
}

async function chooseFolder(page: IPageContext): Promise<void> {
  const folder = await page.chooseFolder?.();
  if (folder !== null && folder !== undefined) {
    page.model.batch.choose({ folder });
  }
}
