import type { StoragePerson } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { ShareModel } from './shareModel';

interface IFormProps {
  model: ShareModel;
  trans: TranslationBundle;
}

/** People and groups, by name. */
export function PersonSearch({ model, trans }: IFormProps): JSX.Element {
  return (
    <>
      <label>
        {trans.__('Person or group')}
        <input
          className="jp-mod-styled"
          type="search"
          value={model.search}
          onChange={event => model.find(event.target.value)}
        />
      </label>
      <ul aria-label={trans.__('People and groups found')}>
        {model.people.map(person => (
          <li key={`${person.kind}:${person.id}`}>
            <button
              type="button"
              className="jp-mod-styled"
              onClick={() => void model.shareWith(person)}
            >
              {personWords(person, trans)}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

const personWords = (
  { name, kind }: StoragePerson,
  trans: TranslationBundle
): string => (kind === 'group' ? trans.__('%1 (group)', name) : name);

/** A link for everybody who has it. */
export function LinkShare({ model, trans }: IFormProps): JSX.Element {
  const [password, setPassword] = React.useState('');
  const [expiresAt, setExpiresAt] = React.useState('');
  const make = async (event: React.FormEvent) => {
    event.preventDefault();
    if (await model.shareLink({ password, expiresAt })) {
      setPassword('');
      setExpiresAt('');
    }
  };
  return (
    <details>
      <summary>{trans.__('Share by link…')}</summary>
      <form onSubmit={event => void make(event)}>
        <label>
          {trans.__('Password (optional)')}
          <input
            className="jp-mod-styled"
            type="password"
            autoComplete="new-password"
            maxLength={500}
            value={password}
            onChange={event => setPassword(event.target.value)}
          />
        </label>
        <label>
          {trans.__('Ends on (optional)')}
          <input
            className="jp-mod-styled"
            type="date"
            value={expiresAt}
            onChange={event => setExpiresAt(event.target.value)}
          />
        </label>
        <button type="submit" className="jp-mod-styled jp-mod-accept">
          {trans.__('Make a link')}
        </button>
      </form>
    </details>
  );
}
