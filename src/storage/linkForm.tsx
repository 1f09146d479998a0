import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { ErrorBox } from '../shared/errorBox';
import { LoginPage } from '../shared/loginPage';
import { useChanges } from '../shared/useChanges';
import type { LinkKind, LinkModel } from './linkModel';

/** An address looks the same in every language. */
const EXAMPLES: Record<LinkKind, string> = {
  nextcloud: 'cloud.example.org',
  webdav: 'https://files.example.org/dav'
};

interface ILinkProps {
  model: LinkModel;
  trans: TranslationBundle;
}

/** The steps of linking: address, login in another tab, connected. */
export function LinkForm(props: ILinkProps): JSX.Element {
  const { model, trans } = props;
  useChanges(model);
  const { login, linked, error } = model;
  return (
    <div className="jp-DeepStorage-link">
      <div role="status">
        {linked && (
          <p>
            {model.purpose === 'deployments'
              ? trans.__(
                  'Deployments can use %1 now, where you choose it.',
                  linked.title
                )
              : trans.__('%1 is connected.', linked.title)}
          </p>
        )}
        {login?.state === 'waiting' && <Waiting {...props} />}
        {login?.state === 'expired' && (
          <p>{trans.__('The login page has expired. Begin again.')}</p>
        )}
      </div>
      {model.rclone !== null && <Rclone {...props} text={model.rclone} />}
      {!linked && model.rclone === null && login?.state !== 'waiting' && (
        <Fields {...props} />
      )}
      {error && <ErrorBox problem={error.problem} trans={trans} />}
    </div>
  );
}

function Fields(props: ILinkProps): JSX.Element {
  const { model, trans } = props;
  const { kind, address, privateWords, isConfirmed, isBusy } = model;
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        void model.submit();
      }}
    >
      {!model.again && <Kinds {...props} />}
      {model.purpose === 'rclone' && (
        <p>
          {trans.__(
            'Module containers get a password of their own, which you can revoke on the page of your cloud without losing this link. It is shown once.'
          )}
        </p>
      )}
      {model.purpose === 'deployments' && (
        <p>
          {trans.__(
            'Deployments elsewhere get a password of their own for your files, wherever you choose this storage for one. It is kept by the DEEP service and shown to nobody; you can take it back at any time.'
          )}
        </p>
      )}
      <label>
        {trans.__('Address')}
        <input
          className="jp-mod-styled"
          type="text"
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          required
          maxLength={2000}
          readOnly={model.again !== undefined}
          placeholder={EXAMPLES[kind]}
          value={address}
          onChange={event => model.setAddress(event.target.value)}
        />
      </label>
      {kind === 'webdav' && <Secrets {...props} />}
      {privateWords !== null && (
        <div className="jp-DeepStorage-confirm" role="alert">
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
        {isBusy ? trans.__('Asking the server…') : trans.__('Continue')}
      </button>
    </form>
  );
}

function Kinds({ model, trans }: ILinkProps): JSX.Element {
  const kinds: [LinkKind, string][] = [
    ['nextcloud', trans.__('Nextcloud')],
    ['webdav', trans.__('Another WebDAV server')]
  ];
  return (
    <fieldset>
      <legend>{trans.__('Kind of server')}</legend>
      {kinds.map(([kind, label]) => (
        <label key={kind}>
          <input
            type="radio"
            name="deep-storage-kind"
            checked={model.kind === kind}
            onChange={() => model.setKind(kind)}
          />
          {label}
        </label>
      ))}
    </fieldset>
  );
}

function Secrets({ model, trans }: ILinkProps): JSX.Element {
  return (
    <>
      <label>
        {trans.__('User')}
        <input
          className="jp-mod-styled"
          type="text"
          autoComplete="off"
          required
          value={model.user}
          onChange={event => model.setUser(event.target.value)}
        />
      </label>
      <label>
        {trans.__('Password')}
        <input
          className="jp-mod-styled"
          type="password"
          autoComplete="off"
          required
          value={model.password}
          onChange={event => model.setPassword(event.target.value)}
        />
      </label>
      <p className="jp-DeepStorage-hint">
        {trans.__(
          'It is kept by the DEEP service on the machine of Jupyter, and never in a notebook. An app password is better than your own.'
        )}
      </p>
    </>
  );
}

function Waiting({ model, trans }: ILinkProps): JSX.Element {
  const { page, expiresAt } = model.login!;
  return (
    <div className="jp-DeepStorage-waiting">
      <p>
        {trans.__(
          'Log in on the page of your cloud and grant the access; this goes on by itself.'
        )}
      </p>
      <LoginPage
        {...{ model, page, expiresAt, trans }}
        label={trans.__('Open the login page')}
      />
      <button
        type="button"
        className="jp-mod-styled"
        onClick={() => void model.giveUp()}
      >
        {trans.__('Cancel the login')}
      </button>
    </div>
  );
}

function Rclone({ text, trans }: ILinkProps & { text: string }): JSX.Element {
  const [isCopied, setCopied] = React.useState(false);
  return (
    <div>
      <p>
        {trans.__(
          'Whoever has these settings can read and change your files: keep them as a password. They are not shown again.'
        )}
      </p>
      <button
        type="button"
        className="jp-mod-styled jp-mod-accept"
        onClick={() => {
          Clipboard.copyToSystem(text);
          setCopied(true);
        }}
      >
        {trans.__('Copy')}
      </button>
      <span role="status">{isCopied ? trans.__('Copied.') : ''}</span>
    </div>
  );
}
