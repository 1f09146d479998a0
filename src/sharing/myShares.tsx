import '../../style/sharing.css';
import type { Publication } from '@jupyterlab-deep/protocol';
import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import { CopyButton } from '../inference/copyButton';
import { ErrorBox } from '../shared/errorBox';
import { useChanges } from '../shared/useChanges';
import { AuthorKey } from './authorKey';
import type { AuthorKeyModel } from './authorKeyModel';
import type { MySharesModel } from './mySharesModel';
import { OpenedLinks } from './openedLinks';

interface IMySharesProps {
  model: MySharesModel;
  trans: TranslationBundle;
}

interface IMySharesPage extends IMySharesProps {
  keys: AuthorKeyModel;
}

/** What the user shares: looked at and taken back; and where else is looked. */
export async function showMyShares(
  model: MySharesModel,
  keys: AuthorKeyModel,
  trans: TranslationBundle
): Promise<void> {
  void model.load();
  void keys.load();
  const dialog = new Dialog({
    title: trans.__('Modules I share'),
    body: ReactWidget.create(
      <MyShares model={model} keys={keys} trans={trans} />
    ),
    buttons: [Dialog.okButton({ label: trans.__('Close') })]
  });
  dialog.addClass('jp-DeepSharing-dialog');
  try {
    await dialog.launch();
  } finally {
    model.dispose();
    keys.dispose();
  }
}

export function MyShares({ keys, ...props }: IMySharesPage): JSX.Element {
  const { model, trans } = props;
  useChanges(model);
  const { publications, error } = model;
  return (
    <div className="jp-DeepSharing-form">
      {error && <ErrorBox problem={error.problem} trans={trans} />}
      <p role="status">
        {publications === null && !error && trans.__('Asking…')}
        {publications?.length === 0 &&
          trans.__(
            'You share nothing yet: “Share…” on the page of a module begins it.'
          )}
      </p>
      <ul className="jp-DeepSharing-list">
        {publications?.map(each => (
          <Shared key={`${each.place} ${each.path}`} {...props} shared={each} />
        ))}
      </ul>
      <OpenedLinks {...props} />
      <Folders {...props} />
      <AuthorKey model={keys} trans={trans} />
    </div>
  );
}

function Shared({
  model,
  trans,
  shared
}: IMySharesProps & { shared: Publication }): JSX.Element {
  /** What shall be withdrawn, once that is confirmed: a version, or all (empty). Lab shows no dialog over this one. */
  const [asked, setAsked] = React.useState<string | null>(null);
  const { title, place, path, versions, url } = shared;
  return (
    <li>
      <strong>{title}</strong>
      <p className="jp-DeepSharing-hint">
        {trans.__('%1 · %2', place, path)} · {whomWords(shared, trans)}
      </p>
      {url && (
        <CopyButton
          label={trans.__('Copy the link')}
          text={url}
          trans={trans}
        />
      )}
      <ul>
        {versions.map(({ version, publishedAt }) => (
          <li key={version} className="jp-DeepSharing-version">
            {version} · {new Date(publishedAt).toLocaleDateString()}
            {versions.length > 1 && (
              <button
                type="button"
                className="jp-mod-styled"
                aria-label={trans.__('Withdraw “%1” %2', title, version)}
                onClick={() => setAsked(version)}
              >
                {trans.__('Withdraw')}
              </button>
            )}
          </li>
        ))}
      </ul>
      {asked === null ? (
        <button
          type="button"
          className="jp-mod-styled"
          aria-label={trans.__('Withdraw “%1”', title)}
          onClick={() => setAsked('')}
        >
          {trans.__('Withdraw all of it')}
        </button>
      ) : (
        <Confirmation
          what={asked ? `${title} ${asked}` : title}
          trans={trans}
          onAnswer={isSure => {
            setAsked(null);
            if (isSure) {
              void model.withdraw(shared, asked || undefined);
            }
          }}
        />
      )}
    </li>
  );
}

interface IConfirmationProps {
  what: string;
  trans: TranslationBundle;
  onAnswer(isSure: boolean): void;
}

function Confirmation(props: IConfirmationProps): JSX.Element {
  const { what, trans, onAnswer } = props;
  return (
    <div role="alert" className="jp-DeepSharing-warning">
      <p>
        {trans.__(
          'Withdraw “%1”? Nobody can fetch it any more. Copies that others have made stay theirs.',
          what
        )}
      </p>
      <button
        type="button"
        className="jp-mod-styled jp-mod-warn"
        onClick={() => onAnswer(true)}
      >
        {trans.__('Withdraw')}
      </button>{' '}
      <button
        type="button"
        className="jp-mod-styled"
        onClick={() => onAnswer(false)}
      >
        {trans.__('Keep it')}
      </button>
    </div>
  );
}

function whomWords(
  { account, with: receivers }: Publication,
  trans: TranslationBundle
): string {
  if (account === undefined) {
    return trans.__('whoever can read this folder');
  }
  const names = receivers.map(({ kind, with: who = '' }) =>
    kind === 'link'
      ? trans.__('a link')
      : kind === 'group'
        ? trans.__('%1 (group)', who)
        : who
  );
  return names.length > 0
    ? trans.__('shared with %1', names.join(', '))
    : trans.__('shared with nobody yet');
}

function Folders({ model, trans }: IMySharesProps): JSX.Element {
  const [path, setPath] = React.useState('');
  const add = async (event: React.FormEvent) => {
    event.preventDefault();
    if (await model.addFolder(path.trim())) {
      setPath('');
    }
  };
  return (
    <details open={model.folders.length > 0}>
      <summary>{trans.__('Shared folders on disks')}</summary>
      <p className="jp-DeepSharing-hint">
        {trans.__(
          'Modules in such a folder are listed under “Shared with me”, and you can share into it.'
        )}
      </p>
      <ul>
        {model.folders.map(folder => (
          <li key={folder} className="jp-DeepSharing-version">
            <code>{folder}</code>
            <button
              type="button"
              className="jp-mod-styled"
              aria-label={trans.__('Do not look in %1', folder)}
              onClick={() => void model.removeFolder(folder)}
            >
              {trans.__('Remove')}
            </button>
          </li>
        ))}
      </ul>
      <form onSubmit={event => void add(event)}>
        <label>
          {trans.__('Path on this machine')}
          <input
            className="jp-mod-styled"
            placeholder={trans.__('Such as %1', '/shared/modules')}
            value={path}
            onChange={event => setPath(event.currentTarget.value)}
          />
        </label>
        <button
          type="submit"
          className="jp-mod-styled"
          disabled={!path.trim().startsWith('/')}
        >
          {trans.__('Look there too')}
        </button>
      </form>
    </details>
  );
}
