import type { PreparedLicence } from '@jupyterlab-deep/protocol';
import { Dialog } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import '../../style/metadata.css';
import { CopyButton } from '../inference/copyButton';
import type { IDeepService } from '../service/tokens';
import { ErrorBox } from '../shared/errorBox';
import { useChanges } from '../shared/useChanges';
import { MetadataClient } from './client';
import { PrepareModel } from './prepareModel';

interface IPrepareOptions {
  service: IDeepService;
  commands: CommandRegistry;

  /** Of the module, as Lab calls it. */
  folder: string;

  /** Of its metadata, as the service calls it. */
  jupyterPath: string;
  trans: TranslationBundle;
}

/** What the maintainers of AI4EOSC ask for, and how far the folder is. */
export async function showPreparation(options: IPrepareOptions): Promise<void> {
  const { service, commands, folder, jupyterPath, trans } = options;
  const model = new PrepareModel({
    client: new MetadataClient(service),
    jupyterPath,
    trans
  });
  void model.refresh();
  const open = (file: string) => {
    dialog.reject();
    void commands.execute('docmanager:open', {
      path: PathExt.join(folder, file)
    });
  };
  const dialog = new Dialog({
    title: trans.__('Prepare for AI4EOSC'),
    body: ReactWidget.create(
      <PrepareBody model={model} open={open} trans={trans} />
    ),
    buttons: [Dialog.cancelButton({ label: trans.__('Close') })]
  });
  dialog.addClass('jp-DeepMetadata-dialog');
  await dialog.launch();
}

interface IPrepareBodyProps {
  model: PrepareModel;
  open: (file: string) => void;
  trans: TranslationBundle;
}

export function PrepareBody(props: IPrepareBodyProps): JSX.Element {
  const { model, trans } = props;
  useChanges(model);
  const { found, failure } = model;
  return (
    <div className="jp-DeepMetadata-prepare">
      <p role="status">
        {found
          ? trans.__(
              '%1 of %2 are as the maintainers ask for. Nothing is sent from here.',
              found.checks.filter(({ state }) => state === 'ok').length,
              found.checks.length
            )
          : failure
            ? ''
            : trans.__('Looking at the folder…')}
      </p>
      {failure && <ErrorBox problem={failure} trans={trans} />}
      {found && (
        <>
          <Checks {...props} />
          <Licence {...props} />
          <Files {...props} />
          <RequestText {...props} />
        </>
      )}
    </div>
  );
}

function Checks({ model, open, trans }: IPrepareBodyProps): JSX.Element {
  const words = {
    ok: trans.__('Right'),
    wrong: trans.__('Wrong'),
    note: trans.__('Look at it')
  };
  const signs = { ok: '✓', wrong: '▲', note: '!' };
  return (
    <ul className="jp-DeepMetadata-checks">
      {model.found!.checks.map(
        ({ id, title, state, reason, remedy, file, line }) => (
          <li key={id} data-state={state}>
            <span role="img" aria-label={words[state]}>
              {signs[state]}
            </span>
            <div>
              <strong>{title}</strong>{' '}
              {line === undefined
                ? reason
                : trans.__('Line %1: %2', line, reason)}
              {remedy && <p>{remedy}</p>}
              {file && state !== 'ok' && (
                <button
                  type="button"
                  className="jp-mod-styled"
                  onClick={() => open(file)}
                >
                  {trans.__('Open %1', file)}
                </button>
              )}
            </div>
          </li>
        )
      )}
    </ul>
  );
}

/** Nobody but the user chooses; of what cannot be written it is said where it is. */
function Licence({ model, trans }: IPrepareBodyProps): JSX.Element | null {
  const id = React.useId();
  const { licences } = model.found!;
  if (!licences) {
    return null;
  }
  const { choices, chosen } = licences;
  const address = choices.find(each => each.id === chosen)?.address;
  return (
    <div className="jp-DeepMetadata-licence">
      <label htmlFor={id}>{trans.__('Licence of the module')}</label>
      <select
        id={id}
        className="jp-mod-styled"
        value={chosen ?? ''}
        disabled={model.isWriting}
        onChange={event =>
          void model.chooseLicence(event.currentTarget.value as PreparedLicence)
        }
      >
        <option value="" disabled>
          {trans.__('Choose…')}
        </option>
        {choices.map(choice => (
          <option key={choice.id} value={choice.id}>
            {choice.title}
          </option>
        ))}
      </select>
      {address && (
        <p>
          {trans.__(
            'Its text is not part of this program. Save it as LICENSE in the folder:'
          )}{' '}
          <a href={address} target="_blank" rel="noopener noreferrer">
            {address}
          </a>
        </p>
      )}
    </div>
  );
}

function Files({ model, trans }: IPrepareBodyProps): JSX.Element | null {
  const { files } = model.found!;
  return files.length === 0 ? null : (
    <section aria-label={trans.__('Files that can be written')}>
      <h3>{trans.__('Files that can be written')}</h3>
      {files.map(({ name, text }) => (
        <details key={name}>
          <summary>{name}</summary>
          <pre tabIndex={0} aria-label={name}>
            {text}
          </pre>
          <button
            type="button"
            className="jp-mod-styled"
            disabled={model.isWriting}
            onClick={() => void model.write([name])}
          >
            {trans.__('Write %1', name)}
          </button>
        </details>
      ))}
      <button
        type="button"
        className="jp-mod-styled"
        disabled={model.isWriting}
        onClick={() => void model.write(files.map(({ name }) => name))}
      >
        {trans._n('Write this file', 'Write all %1 files', files.length)}
      </button>
    </section>
  );
}

function RequestText({ model, trans }: IPrepareBodyProps): JSX.Element {
  const { title, body, address } = model.found!.request;
  return (
    <section aria-label={trans.__('Your request')}>
      <h3>{trans.__('Your request')}</h3>
      <p>
        {trans.__(
          'Copy it into an issue of the catalogue: its maintainers make the repository and add the module.'
        )}
      </p>
      <pre tabIndex={0} aria-label={trans.__('Text of the request')}>
        {`${title}\n\n${body}`}
      </pre>
      <CopyButton
        label={trans.__('Copy the text')}
        text={`${title}\n\n${body}`}
        trans={trans}
      />{' '}
      <a href={address} target="_blank" rel="noopener noreferrer">
        {trans.__('Open the page for issues')}
      </a>
    </section>
  );
}
