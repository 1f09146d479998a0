import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { ErrorBox } from '../shared/errorBox';
import { LoginPage } from '../shared/loginPage';
import { useChanges } from '../shared/useChanges';
import type { SignInModel } from './signInModel';
import { personWords } from './words';

/** An address looks the same in every language. */
const EXAMPLE = 'https://login.example.org/realms/example';

interface ISignInProps {
  model: SignInModel;
  trans: TranslationBundle;
}

/** The steps of a sign-in: with whom, the code in another tab, done. */
export function SignInForm(props: ISignInProps): JSX.Element {
  const { model, trans } = props;
  useChanges(model);
  const { error, isBusy, isKnown, login, signedIn } = model;
  const isWaiting = login?.state === 'waiting';
  const isEnded = !signedIn && !isWaiting && !isBusy;
  return (
    <div className="jp-DeepAccounts-form">
      <div role="status">
        {signedIn && (
          <p>
            {trans.__(
              'You are signed in as %1. This can be closed.',
              personWords(signedIn)
            )}
          </p>
        )}
        {isBusy && <p>{trans.__('Asking for a code…')}</p>}
        {login?.state === 'expired' && (
          <p>{trans.__('The code has expired. Begin again.')}</p>
        )}
      </div>
      {isWaiting && <Waiting {...props} />}
      {error && <ErrorBox problem={error.problem} trans={trans} />}
      {!isKnown && !signedIn && !isWaiting && <Fields {...props} />}
      {isKnown && isEnded && <Again {...props} />}
    </div>
  );
}

function Waiting({ model, trans }: ISignInProps): JSX.Element {
  const { code, expiresAt, page, title } = model.login!;
  const [isCopied, setCopied] = React.useState(false);
  return (
    <div className="jp-DeepAccounts-waiting">
      <p>
        {trans.__(
          'Open the page of %1, log in there, and confirm or enter this code; this goes on by itself.',
          title
        )}
      </p>
      <p className="jp-DeepAccounts-code">
        <code aria-label={trans.__('Code')}>{code}</code>
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => {
            Clipboard.copyToSystem(code);
            setCopied(true);
          }}
        >
          {trans.__('Copy')}
        </button>
        <span role="status">{isCopied ? trans.__('Copied.') : ''}</span>
      </p>
      <LoginPage
        {...{ model, page, expiresAt, trans }}
        label={trans.__('Open the sign-in page')}
        // The dialog's other button has the focus.
        takesFocus
      />
    </div>
  );
}

function Again({ model, trans }: ISignInProps): JSX.Element {
  return (
    <button
      type="button"
      className="jp-mod-styled jp-mod-accept"
      onClick={() => void model.begin()}
    >
      {trans.__('Try again')}
    </button>
  );
}

function Fields({ model, trans }: ISignInProps): JSX.Element {
  const { clientId, isBusy, isConfirmed, issuer, privateWords } = model;
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        void model.begin();
      }}
    >
      <label>
        {trans.__('Issuer')}
        <input
          className="jp-mod-styled"
          type="text"
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          required
          maxLength={2000}
          placeholder={EXAMPLE}
          value={issuer}
          onChange={event => model.setIssuer(event.target.value)}
        />
      </label>
      <label>
        {trans.__('Client id')}
        <input
          className="jp-mod-styled"
          type="text"
          autoComplete="off"
          spellCheck={false}
          required
          maxLength={500}
          value={clientId}
          onChange={event => model.setClientId(event.target.value)}
        />
      </label>
      <p className="jp-DeepAccounts-hint">
        {trans.__(
          'Whoever runs the provider gives you the id of a public client that may use the device flow.'
        )}
      </p>
      {privateWords !== null && (
        <div className="jp-DeepAccounts-confirm" role="alert">
          <p>{privateWords}</p>
          <label>
            <input
              type="checkbox"
              checked={isConfirmed}
              onChange={event => model.confirm(event.target.checked)}
            />
            {trans.__('I know this server: use it')}
          </label>
        </div>
      )}
      <button
        type="submit"
        className="jp-mod-styled jp-mod-accept"
        disabled={isBusy || (privateWords !== null && !isConfirmed)}
      >
        {trans.__('Continue')}
      </button>
    </form>
  );
}
