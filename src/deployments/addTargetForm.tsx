import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { ErrorBox } from '../shared/errorBox';
import { Elapsed } from '../shared/time';
import { useChanges } from '../shared/useChanges';
import type {
  AddTargetModel,
  NewTargetKind,
  TargetField
} from './addTargetModel';

const NAME_EXAMPLE = 'gpu-host';
/** An address looks the same in every language. */
const EXAMPLES: Record<NewTargetKind, string> = {
  container: 'ssh://ada@gpu-host',
  im: 'https://im.egi.eu/im',
  papi: 'https://api.cloud.ai4eosc.eu'
};

interface IAddTargetProps {
  model: AddTargetModel;
  trans: TranslationBundle;
}

/** What the new place is, and what it has to be told. */
export function AddTargetForm(props: IAddTargetProps): JSX.Element {
  const { model, trans } = props;
  useChanges(model);
  const { privateWords, error, busySince } = model;
  return (
    <div className="jp-DeepDeployments-form">
      <Kinds {...props} />
      <p>{aboutKind(model.kind, trans)}</p>
      {model.fields.map(field => (
        <Field key={field} field={field} {...props} />
      ))}
      {privateWords !== null && (
        <div className="jp-DeepDeployments-confirm" role="alert">
          <p>{privateWords}</p>
          <label>
            <input
              type="checkbox"
              checked={model.isConfirmed}
              onChange={event => model.confirm(event.currentTarget.checked)}
            />
            {trans.__('I know this place: add it')}
          </label>
        </div>
      )}
      <p role="status" className="jp-DeepDeployments-asking">
        {busySince && (
          <>
            {trans.__('Asking it…')} <Elapsed since={busySince} />
          </>
        )}
      </p>
      {error && <ErrorBox problem={error.problem} trans={trans} />}
    </div>
  );
}

function Kinds({ model, trans }: IAddTargetProps): JSX.Element {
  const kinds: [NewTargetKind, string][] = [
    ['container', trans.__('Containers on another host')],
    ['im', trans.__('An Infrastructure Manager')],
    ['papi', trans.__('A platform of AI4EOSC')]
  ];
  return (
    <label>
      {trans.__('Kind')}
      <select
        className="jp-mod-styled"
        value={model.kind}
        onChange={event =>
          model.setKind(event.currentTarget.value as NewTargetKind)
        }
      >
        {kinds.map(([kind, words]) => (
          <option key={kind} value={kind}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

function Field({
  field,
  model,
  trans
}: IAddTargetProps & { field: TargetField }): JSX.Element {
  const problems = model.fieldErrors[field] ?? [];
  const id = `jp-deep-place-${field}`;
  return (
    <label>
      {labelOf(field, trans)}
      <input
        className="jp-mod-styled"
        type="text"
        autoComplete="off"
        spellCheck={false}
        maxLength={2000}
        placeholder={
          field === 'address'
            ? EXAMPLES[model.kind]
            : field === 'id'
              ? NAME_EXAMPLE
              : ''
        }
        aria-invalid={problems.length > 0}
        aria-describedby={problems.length > 0 ? id : undefined}
        value={model.value(field)}
        onChange={event => model.set(field, event.currentTarget.value)}
      />
      {problems.length > 0 && (
        <span id={id} role="alert" className="jp-DeepInference-fieldError">
          {problems.join(' ')}
        </span>
      )}
    </label>
  );
}

function labelOf(field: TargetField, trans: TranslationBundle): string {
  switch (field) {
    case 'id':
      return trans.__('Short name');
    case 'title':
      return trans.__('Title (optional)');
    case 'address':
      return trans.__('Address');
    case 'keyFile':
      return trans.__('File of the private key (optional)');
    case 'caFile':
      return trans.__('File of its certificate authority');
    case 'certFile':
      return trans.__('File of your certificate');
    case 'publishAddress':
      return trans.__('Address of its published ports (optional)');
  }
}

function aboutKind(kind: NewTargetKind, trans: TranslationBundle): string {
  switch (kind) {
    case 'container':
      return trans.__(
        'An engine with the API of Docker, over SSH (ssh://user@host) or TLS (tcp://host:2376). Keys and certificates are files on the machine of Jupyter; the host has to be among your known hosts.'
      );
    case 'im':
      return trans.__(
        'It is asked with the credentials of the Infrastructure Manager among your accounts: this address gets them.'
      );
    case 'papi':
      return trans.__(
        'It is asked with your sign-in to AI4EOSC: this address gets it.'
      );
  }
}
