import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { ErrorBox } from '../shared/errorBox';
import { useChanges } from '../shared/useChanges';
import { IEntryDraft, IFieldDraft, ImModel } from './imModel';
import { accountLabel } from './words';

/** As the Infrastructure Manager calls clouds. */
const TYPES = ['OpenStack', 'EGI', 'Kubernetes', 'EC2', 'OpenNebula', 'Dummy'];
const EXAMPLE_FIELD = 'username';
const SECRET = /pass|token|secret|key/i;

interface IImProps {
  model: ImModel;
  trans: TranslationBundle;
}

/** Credentials for an Infrastructure Manager: for itself, and for the clouds that it shall use. */
export function ImForm(props: IImProps): JSX.Element {
  const { model, trans } = props;
  useChanges(model);
  const { entries, error, isBusy, kept } = model;
  const said = React.useRef<HTMLParagraphElement>(null);
  React.useEffect(() => {
    if (kept) {
      // The field that had the focus is gone; without it Escape would close nothing.
      said.current?.focus();
    }
  }, [kept]);
  return (
    <div className="jp-DeepAccounts-form">
      <p role="status" tabIndex={-1} ref={said}>
        {kept ? trans.__('They are kept.') : ''}
      </p>
      {error && <ErrorBox problem={error.problem} trans={trans} />}
      {!kept && (
        <form
          onSubmit={event => {
            event.preventDefault();
            void model.submit();
          }}
        >
          {model.isReplacing && (
            <p>
              {trans.__(
                'What is kept now is not shown: these take the place of all of it.'
              )}
            </p>
          )}
          <Manager {...props} />
          {entries.map((entry, index) => (
            <Entry key={index} {...props} entry={entry} number={index + 1} />
          ))}
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() => model.addEntry()}
          >
            {trans.__('Add a cloud')}
          </button>
          <p className="jp-DeepAccounts-hint">
            {trans.__(
              'They are kept by the DEEP service on the machine of Jupyter, sealed, and sent to the Infrastructure Manager alone.'
            )}
          </p>
          <button
            type="submit"
            className="jp-mod-styled jp-mod-accept"
            disabled={isBusy}
          >
            {trans.__('Keep')}
          </button>
        </form>
      )}
    </div>
  );
}

function Manager(props: IImProps): JSX.Element {
  const { model, trans } = props;
  const { carriers, manager } = model;
  return (
    <fieldset>
      <legend>{trans.__('The Infrastructure Manager itself')}</legend>
      {carriers.length > 0 && <Carrier {...props} entry={manager} />}
      {manager.account === '' &&
        manager.fields.map(field => (
          <label key={field.name}>
            {field.name === 'username'
              ? trans.__('User name')
              : trans.__('Password')}
            <Value {...{ field, model }} isRequired />
          </label>
        ))}
    </fieldset>
  );
}

interface IEntryProps extends IImProps {
  entry: IEntryDraft;
}

function Entry(props: IEntryProps & { number: number }): JSX.Element {
  const { entry, model, number, trans } = props;
  const types = React.useId();
  return (
    <fieldset>
      <legend>{trans.__('Cloud %1', number)}</legend>
      <label>
        {trans.__('Type')}
        <input
          className="jp-mod-styled"
          type="text"
          list={types}
          required
          pattern="[A-Za-z][A-Za-z0-9]*"
          value={entry.type}
          onChange={event => model.change(entry, { type: event.target.value })}
        />
      </label>
      <datalist id={types}>
        {TYPES.map(type => (
          <option key={type} value={type} />
        ))}
      </datalist>
      <label>
        {trans.__('Its id in your templates')}
        <input
          className="jp-mod-styled"
          type="text"
          pattern="[A-Za-z0-9._\-]*"
          value={entry.id}
          onChange={event => model.change(entry, { id: event.target.value })}
        />
      </label>
      {model.carriers.length > 0 && <Carrier {...props} />}
      {entry.fields.map((field, index) => (
        <Field key={index} {...props} field={field} />
      ))}
      <div className="jp-DeepAccounts-actions">
        <button type="button" onClick={() => model.addField(entry)}>
          {trans.__('Add a field')}
        </button>
        <button type="button" onClick={() => model.removeEntry(entry)}>
          {trans.__('Remove this cloud')}
        </button>
      </div>
    </fieldset>
  );
}

function Carrier({ entry, model, trans }: IEntryProps): JSX.Element {
  return (
    <label>
      {trans.__('Signed in by')}
      <select
        className="jp-mod-styled"
        value={entry.account}
        onChange={event =>
          model.change(entry, { account: event.currentTarget.value })
        }
      >
        <option value="">{trans.__('What is typed here')}</option>
        {model.carriers.map(account => (
          <option key={account.id} value={account.id}>
            {trans.__('The token of %1', accountLabel(account))}
          </option>
        ))}
      </select>
    </label>
  );
}

function Field({
  entry,
  field,
  model,
  trans
}: IEntryProps & { field: IFieldDraft }): JSX.Element {
  return (
    <div className="jp-DeepAccounts-field">
      <input
        className="jp-mod-styled"
        type="text"
        aria-label={trans.__('Name of the field')}
        pattern="[a-z][a-z0-9_]*"
        placeholder={EXAMPLE_FIELD}
        value={field.name}
        onChange={event =>
          model.changeField(field, { name: event.target.value })
        }
      />
      <Value
        {...{ field, model }}
        label={trans.__('Value of %1', field.name)}
      />
      <button
        type="button"
        className="jp-mod-styled"
        aria-label={trans.__('Remove the field %1', field.name)}
        onClick={() => model.removeField(entry, field)}
      >
        ×
      </button>
    </div>
  );
}

function Value({
  field,
  model,
  label,
  isRequired = false
}: {
  field: IFieldDraft;
  model: ImModel;
  label?: string;
  isRequired?: boolean;
}): JSX.Element {
  return (
    <input
      className="jp-mod-styled"
      type={SECRET.test(field.name) ? 'password' : 'text'}
      autoComplete="off"
      spellCheck={false}
      aria-label={label}
      required={isRequired}
      value={field.value}
      onChange={event =>
        model.changeField(field, { value: event.target.value })
      }
    />
  );
}
