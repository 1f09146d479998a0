import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { ErrorBox } from '../shared/errorBox';
import { useChanges } from '../shared/useChanges';
import { AuthorKeyModel, SHORTEST_PASSPHRASE } from './authorKeyModel';

interface IAuthorKeyProps {
  model: AuthorKeyModel;
  trans: TranslationBundle;
}

/** The key of the user, and how it goes to another machine of theirs. */
export function AuthorKey(props: IAuthorKeyProps): JSX.Element {
  const { model, trans } = props;
  useChanges(model);
  const { key, news, error, isBusy } = model;
  return (
    <details>
      <summary>{trans.__('Your key')}</summary>
      <div className="jp-DeepSharing-section">
        <p>
          {trans.__('What you share from here is signed with')}{' '}
          <code>{key ?? '…'}</code>
        </p>
        <p className="jp-DeepSharing-hint">
          {trans.__(
            'On a second machine of yours another key would sign, and your colleagues would be warned. Take this one along: a small file that only its passphrase opens.'
          )}
        </p>
        <ExportForm {...props} />
        <ImportForm {...props} />
        <Question {...props} />
        <p role="status">
          {isBusy ? trans.__('A moment: passphrases take their time…') : news}
        </p>
        {error && <ErrorBox problem={error.problem} trans={trans} />}
      </div>
    </details>
  );
}

function ExportForm({ model, trans }: IAuthorKeyProps): JSX.Element {
  const [passphrase, setPassphrase] = React.useState('');
  const [again, setAgain] = React.useState('');
  const isOther = again !== '' && again !== passphrase;
  const submit = async (event: React.FormEvent) => {
    event.preventDefault();
    const exported = await model.export(passphrase);
    if (exported) {
      saveAs(exported.name, exported.file);
      setPassphrase('');
      setAgain('');
    }
  };
  return (
    <form
      aria-label={trans.__('Export the key')}
      onSubmit={event => void submit(event)}
    >
      <div className="jp-DeepSharing-row">
        <PassphraseField
          label={trans.__(
            'New passphrase, %1 letters or more',
            SHORTEST_PASSPHRASE
          )}
          value={passphrase}
          onChange={setPassphrase}
        />
        <PassphraseField
          label={trans.__('The same again')}
          value={again}
          onChange={setAgain}
        />
      </div>
      {isOther && <p role="alert">{trans.__('The two passphrases differ.')}</p>}
      <button
        type="submit"
        className="jp-mod-styled"
        disabled={
          model.isBusy ||
          passphrase.length < SHORTEST_PASSPHRASE ||
          again !== passphrase
        }
      >
        {trans.__('Export the key…')}
      </button>
    </form>
  );
}

function ImportForm({ model, trans }: IAuthorKeyProps): JSX.Element {
  const [file, setFile] = React.useState<File | null>(null);
  const [passphrase, setPassphrase] = React.useState('');
  const submit = async (event: React.FormEvent) => {
    event.preventDefault();
    await model.look((await file?.text()) ?? '', passphrase);
    setPassphrase('');
  };
  return (
    <form
      aria-label={trans.__('Import a key')}
      onSubmit={event => void submit(event)}
    >
      <div className="jp-DeepSharing-row">
        <label>
          {trans.__('File with a key of yours')}
          <input
            type="file"
            accept=".json,application/json"
            onChange={event => setFile(event.currentTarget.files?.[0] ?? null)}
          />
        </label>
        <PassphraseField
          label={trans.__('Its passphrase')}
          value={passphrase}
          onChange={setPassphrase}
        />
      </div>
      <button
        type="submit"
        className="jp-mod-styled"
        disabled={model.isBusy || !file || passphrase === ''}
      >
        {trans.__('Import the key…')}
      </button>
    </form>
  );
}

interface IPassphraseFieldProps {
  label: string;
  value: string;
  onChange(value: string): void;
}

const PassphraseField = (props: IPassphraseFieldProps): JSX.Element => (
  <label>
    {props.label}
    <input
      className="jp-mod-styled"
      type="password"
      autoComplete="off"
      maxLength={1000}
      value={props.value}
      onChange={event => props.onChange(event.currentTarget.value)}
    />
  </label>
);

/** Another key is another author to everybody: both are named before. */
function Question({ model, trans }: IAuthorKeyProps): JSX.Element | null {
  const { asked } = model;
  const question = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    question.current?.scrollIntoView?.({ block: 'nearest' });
  }, [asked]);
  return asked === null ? null : (
    <div role="alert" className="jp-DeepSharing-warning" ref={question}>
      <p>
        {trans.__(
          'Sign with %1 from now on, in place of %2?',
          asked.key,
          asked.replaces
        )}{' '}
        {trans.__(
          'Who has received modules signed with %1 is warned at the next version. Export that key first if you shared with it.',
          asked.replaces
        )}
      </p>
      <div className="jp-DeepSharing-actions">
        <button
          type="button"
          className="jp-mod-styled jp-mod-warn"
          onClick={() => void model.answer(true)}
        >
          {trans.__('Replace %1', asked.replaces)}
        </button>
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => void model.answer(false)}
        >
          {trans.__('Keep %1', asked.replaces)}
        </button>
      </div>
    </div>
  );
}

function saveAs(name: string, text: string): void {
  const url = URL.createObjectURL(
    new Blob([text], { type: 'application/json' })
  );
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  URL.revokeObjectURL(url);
}
