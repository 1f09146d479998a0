import '../../style/catalogue.css';
import type {
  CatalogueSource,
  SourceKind,
  SourceRequest
} from '@jupyterlab-deep/protocol';
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import { asRequestError, DeepRequestError } from '../service/errors';
import { ErrorBox } from '../shared/errorBox';
import { useChanges } from '../shared/useChanges';
import type { CatalogueClient } from './client';
import type { CatalogueModel } from './model';
import { sourceState } from './words';

interface IProps {
  client: CatalogueClient;
  model: CatalogueModel;
  trans: TranslationBundle;
}

/** Where modules come from: switch, read again, add, remove. */
export async function showSources(props: IProps): Promise<void> {
  const { model, trans } = props;
  // It may be asked for before the panel was ever shown.
  await model.start();
  await showDialog({
    title: trans.__('Sources of the catalogue'),
    body: ReactWidget.create(<Sources {...props} />),
    buttons: [Dialog.okButton({ label: trans.__('Close') })]
  });
}

function Sources(props: IProps): JSX.Element {
  const { client, model, trans } = props;
  useChanges(model);
  const [error, setError] = React.useState<DeepRequestError | null>(null);
  const attempt = async (work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work();
      setError(null);
      return true;
    } catch (reason) {
      setError(asRequestError(reason, trans));
      return false;
    }
  };
  const { sources } = model;
  return (
    <div className="jp-DeepCatalogue-sources">
      {error && <ErrorBox problem={error.problem} trans={trans} />}
      <ul>
        {sources.map(source => (
          <SourceRow
            key={source.id}
            {...{ source, trans }}
            onSwitch={on =>
              void attempt(() => client.switchSource(source.id, on))
            }
            onRefresh={() => void attempt(() => model.refresh(source.id))}
            onRemove={() => void attempt(() => client.removeSource(source.id))}
          />
        ))}
      </ul>
      {sources.some(({ canSwitch }) => canSwitch) && (
        <AddSource
          trans={trans}
          onAdd={request => attempt(() => addSource(client, request, trans))}
        />
      )}
    </div>
  );
}

/** An address that is not public is used when the user has confirmed it. */
async function addSource(
  client: CatalogueClient,
  request: SourceRequest,
  trans: TranslationBundle
): Promise<void> {
  try {
    await client.addSource(request);
  } catch (reason) {
    const { problem } = asRequestError(reason, trans);
    if (!problem.type.endsWith(':address-private')) {
      throw reason;
    }
    const { button } = await showDialog({
      title: trans.__('Use an address that is not public?'),
      body: problem.detail,
      buttons: [
        Dialog.cancelButton(),
        Dialog.warnButton({ label: trans.__('Use it') })
      ]
    });
    if (!button.accept) {
      throw reason;
    }
    await client.addSource({ ...request, allowPrivate: true });
  }
}

interface IRowProps {
  source: CatalogueSource;
  trans: TranslationBundle;
  onSwitch: (on: boolean) => void;
  onRefresh: () => void;
  onRemove: () => void;
}

function SourceRow(props: IRowProps): JSX.Element {
  const { source, trans, onSwitch, onRefresh, onRemove } = props;
  const { title, address, enabled, canSwitch, modules, broken } = source;
  const counts = [
    trans._n('%1 module', '%1 modules', modules, modules.toLocaleString()),
    broken > 0 ? trans.__('%1 broken', broken) : '',
    sourceState(source, trans)
  ];
  return (
    <li>
      <label>
        <input
          type="checkbox"
          checked={enabled}
          disabled={!canSwitch}
          onChange={event => onSwitch(event.target.checked)}
        />
        <strong>{title}</strong>
      </label>
      <span>{counts.filter(words => words !== '').join(' · ')}</span>
      <span className="jp-DeepCatalogue-address">{address}</span>
      {source.problem && <p>{source.problem}</p>}
      {!canSwitch && <p>{trans.__('The administrator has decided this.')}</p>}
      <span>
        <button
          type="button"
          className="jp-mod-styled"
          disabled={!enabled}
          aria-label={trans.__('Read %1 again', title)}
          onClick={onRefresh}
        >
          {trans.__('Read again')}
        </button>
        {source.addedBy === 'user' && canSwitch && (
          <button
            type="button"
            className="jp-mod-styled"
            aria-label={trans.__('Remove %1', title)}
            onClick={onRemove}
          >
            {trans.__('Remove')}
          </button>
        )}
      </span>
    </li>
  );
}

interface IAddProps {
  trans: TranslationBundle;
  /** @returns whether it was added */
  onAdd: (request: SourceRequest) => Promise<boolean>;
}

function AddSource({ trans, onAdd }: IAddProps): JSX.Element {
  const [kind, setKind] = React.useState<SourceKind>('git-index');
  const [title, setTitle] = React.useState('');
  const [address, setAddress] = React.useState('');
  const kinds: [SourceKind, string, string][] = [
    ['git-index', trans.__('Index of repositories'), 'https://…/.gitmodules'],
    ['deep-index', trans.__('DEEP index'), 'https://…/MODULES.yml'],
    ['papi', trans.__('Platform API'), 'https://…/v1'],
    ['folder', trans.__('Folder on this machine'), '~/modules']
  ];
  const add = async (event: React.FormEvent) => {
    event.preventDefault();
    if (await onAdd({ kind, title: title.trim(), address: address.trim() })) {
      setTitle('');
      setAddress('');
    }
  };
  return (
    <details>
      <summary>{trans.__('Add a source…')}</summary>
      <form onSubmit={event => void add(event)}>
        <label>
          {trans.__('Kind')}
          <select
            className="jp-mod-styled"
            value={kind}
            onChange={event => setKind(event.target.value as SourceKind)}
          >
            {kinds.map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label>
          {trans.__('Name')}
          <input
            className="jp-mod-styled"
            required
            maxLength={100}
            value={title}
            onChange={event => setTitle(event.target.value)}
          />
        </label>
        <label>
          {trans.__('Address')}
          <input
            className="jp-mod-styled"
            required
            maxLength={2000}
            placeholder={kinds.find(([value]) => value === kind)?.[2]}
            value={address}
            onChange={event => setAddress(event.target.value)}
          />
        </label>
        <button type="submit" className="jp-mod-styled jp-mod-accept">
          {trans.__('Add')}
        </button>
      </form>
    </details>
  );
}
