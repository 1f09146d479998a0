import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { ErrorBox } from '../shared/errorBox';
import { Elapsed } from '../shared/time';
import { useChanges } from '../shared/useChanges';
import type { ConnectModel } from './connectModel';
import { hostOf } from './hosts';

/** An address looks the same in every language. */
const EXAMPLE = 'https://host:5000';

interface IConnectFormProps {
  model: ConnectModel;
  trans: TranslationBundle;
}

/** The fields of the dialog: first the address, then what the server wants to know. */
export function ConnectForm({ model, trans }: IConnectFormProps): JSX.Element {
  useChanges(model);
  const { error } = model;
  return (
    <div className="jp-DeepInference-connect">
      <label>
        {trans.__('Address of its DEEPaaS server')}
        <input
          className="jp-mod-styled"
          type="text"
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          required={true}
          maxLength={2000}
          placeholder={EXAMPLE}
          value={model.address}
          onChange={event => model.setAddress(event.target.value)}
        />
      </label>
      <p className="jp-DeepInference-description">
        {trans.__(
          'What you try is sent to this server. Nothing is sent before you predict, other than the question for its API.'
        )}
      </p>
      <p role="status">
        {model.busySince ? (
          <>
            {trans.__('Asking %1…', hostOf(model.address))}{' '}
            <Elapsed since={model.busySince} />
          </>
        ) : (
          model.question
        )}
      </p>
      {model.models.length > 0 && <ModelChoice model={model} trans={trans} />}
      {model.privateHost !== null && (
        <Confirmation host={model.privateHost} model={model} trans={trans} />
      )}
      {error && <ErrorBox problem={error.problem} trans={trans} />}
    </div>
  );
}

function ModelChoice({ model, trans }: IConnectFormProps): JSX.Element {
  return (
    <label>
      {trans.__('Model')}
      <select
        className="jp-mod-styled"
        value={model.model}
        onChange={event => model.setModel(event.target.value)}
      >
        {model.models.map(name => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

interface IConfirmationProps extends IConnectFormProps {
  host: string;
}

/** An address that is not public may belong to somebody's device: the user has to mean it. */
function Confirmation(props: IConfirmationProps): JSX.Element {
  const { host, model, trans } = props;
  return (
    <div className="jp-DeepInference-confirm">
      <p>
        {trans.__(
          '%1 belongs to this machine or its own network, not to the public one. Connect only if you know what runs there.',
          host
        )}
      </p>
      <label>
        <input
          type="checkbox"
          checked={model.isConfirmed}
          onChange={event => model.confirm(event.target.checked)}
        />
        {trans.__('I know %1: connect to it', host)}
      </label>
    </div>
  );
}
