import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { ErrorBox } from '../shared/errorBox';
import { useChanges } from '../shared/useChanges';
import type { MetadataModel } from './model';

interface IProblemsProps {
  model: MetadataModel;
  goTo: (line: number) => void;
  prepare: () => void;
  trans: TranslationBundle;
}

/** What is wrong with the text: each leads to its line. */
export function Problems(props: IProblemsProps): JSX.Element {
  const { model, goTo, trans } = props;
  useChanges(model);
  const problems = model.found?.problems ?? [];
  return (
    <section
      className="jp-DeepMetadata-problems"
      aria-label={trans.__('Problems')}
    >
      <Bar {...props} />
      {model.failure && <ErrorBox problem={model.failure} trans={trans} />}
      <ul>
        {problems.map(({ key, message, line, severity }, index) => (
          <li key={index} data-severity={severity}>
            <button
              type="button"
              disabled={line === undefined}
              onClick={() => line !== undefined && goTo(line)}
            >
              <span aria-hidden="true">{severity === 'error' ? '▲' : '!'}</span>{' '}
              {line !== undefined && (
                <span className="jp-DeepMetadata-line">
                  {trans.__('Line %1', line)}
                </span>
              )}{' '}
              {key && <strong>{key}</strong>} {message}
            </button>
          </li>
        ))}
      </ul>
      <Notes {...props} />
    </section>
  );
}

function Bar({ model, prepare, trans }: IProblemsProps): JSX.Element {
  return (
    <div className="jp-DeepMetadata-bar">
      <strong role="status">{headline(model, trans)}</strong>
      {model.canMigrate && (
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => void model.migrate()}
        >
          {model.found?.version === 1
            ? trans.__('Migrate to version 2')
            : trans.__('Bring to %1', model.found?.newest)}
        </button>
      )}
      <button type="button" className="jp-mod-styled" onClick={prepare}>
        {trans.__('Prepare for AI4EOSC…')}
      </button>
    </div>
  );
}

function headline(
  { found, isCurrent, failure }: MetadataModel,
  trans: TranslationBundle
): string {
  if (failure) {
    return trans.__('It could not be checked.');
  }
  if (!found || !isCurrent) {
    return trans.__('Checking…');
  }
  const errors = found.problems.filter(
    ({ severity }) => severity === 'error'
  ).length;
  const notes = found.problems.length - errors;
  const parts = [
    errors > 0 && trans._n('%1 problem', '%1 problems', errors),
    notes > 0 && trans._n('%1 note', '%1 notes', notes)
  ].filter(Boolean);
  return parts.length > 0
    ? parts.join(', ')
    : trans.__('Valid by schema %1.', found.schema);
}

/** After a migration: what was lost, and what people must add. */
function Notes({ model, trans }: IProblemsProps): JSX.Element | null {
  return model.notes.length === 0 ? null : (
    <div className="jp-DeepMetadata-notes" role="status">
      <h3>{trans.__('After the migration')}</h3>
      <ul>
        {model.notes.map(({ key, message }, index) => (
          <li key={index}>
            {key && <strong>{key}</strong>} {message}
          </li>
        ))}
      </ul>
      <button
        type="button"
        className="jp-mod-styled"
        onClick={() => model.forgetNotes()}
      >
        {trans.__('Understood')}
      </button>
    </div>
  );
}
