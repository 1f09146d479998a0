import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Message } from '@lumino/messaging';
import * as React from 'react';
import type { IDeepService } from '../service/tokens';
import { ConnectionBanner } from '../shared/connectionBanner';
import { ErrorBox } from '../shared/errorBox';
import { useChanges } from '../shared/useChanges';
import { AccountRow } from './accountRow';
import type { StorageActions } from './actions';
import { DatasetRow } from './datasetRow';
import type { StorageModel } from './model';
import { Received } from './received';
import { TransferRow } from './transferRow';
import { isOpen } from '../activity/openRun';

export interface IStorageProps {
  model: StorageModel;
  actions: StorageActions;
  service: IDeepService;
  trans: TranslationBundle;
}

/** Accounts, datasets, transfers, and what others share. */
export class StoragePanel extends ReactWidget {
  constructor(private readonly _options: IStorageProps) {
    super();
    this.addClass('jp-DeepStorage-panel');
    void _options.model.start();
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    this.node.querySelector('button')?.focus();
  }

  protected render(): JSX.Element {
    return <Storage {...this._options} />;
  }
}

function Storage(props: IStorageProps): JSX.Element {
  const { model, actions, service, trans } = props;
  useChanges(model);
  const { accounts, error } = model;
  return (
    <>
      <ConnectionBanner service={service} trans={trans} />
      <div
        className="jp-DeepStorage-progress"
        data-running={model.isRefreshing}
      />
      {error && !error.isOffline && (
        <ErrorBox
          problem={error.problem}
          trans={trans}
          actions={[
            { label: trans.__('Reload'), onClick: () => void model.refresh() }
          ]}
        />
      )}
      <p role="status" className="jp-DeepStorage-said">
        {accounts ? stateWords(model, trans) : trans.__('Asking…')}
      </p>
      {accounts?.length === 0 && <Empty actions={actions} trans={trans} />}
      <ul className="jp-DeepStorage-accounts">
        {accounts?.map(account => (
          <AccountRow key={account.id} {...{ account, actions, trans }} />
        ))}
      </ul>
      {accounts && accounts.length > 0 && <Sections {...props} />}
    </>
  );
}

/** What changed while nobody looked, for screen readers: one sentence. */
function stateWords(model: StorageModel, trans: TranslationBundle): string {
  const open = model.transfers.filter(isOpen).length;
  const lost = (model.accounts ?? []).filter(
    ({ state }) => state === 'needs-login'
  );
  return [
    ...lost.map(({ title }) => trans.__('%1 asks to be linked again.', title)),
    open > 0
      ? trans._n('%1 transfer at work.', '%1 transfers at work.', open)
      : ''
  ]
    .filter(Boolean)
    .join(' ');
}

function Empty({
  actions,
  trans
}: Pick<IStorageProps, 'actions' | 'trans'>): JSX.Element {
  return (
    <div className="jp-DeepStorage-empty">
      <p>
        {trans.__(
          'Link a Nextcloud to browse it here, save into it, and use its folders as datasets in every kernel.'
        )}
      </p>
      <button
        type="button"
        className="jp-mod-styled jp-mod-accept"
        onClick={() => void actions.link()}
      >
        {trans.__('Link a Nextcloud…')}
      </button>
    </div>
  );
}

function Sections(props: IStorageProps): JSX.Element {
  const { model, actions, trans } = props;
  const { datasets, transfers } = model;
  const open = transfers.filter(isOpen).length;
  return (
    <>
      <h3>{trans.__('Datasets')}</h3>
      {datasets.length === 0 && (
        <p className="jp-DeepStorage-hint">
          {trans.__(
            'None yet. Browse an account, and choose Make a Dataset from the menu of a folder.'
          )}
        </p>
      )}
      <ul>
        {datasets.map(dataset => (
          <DatasetRow key={dataset.id} {...{ dataset, actions, trans }} />
        ))}
      </ul>
      <details open={open > 0}>
        <summary>{trans.__('Transfers (%1)', open)}</summary>
        {transfers.length === 0 && (
          <p className="jp-DeepStorage-hint">{trans.__('None.')}</p>
        )}
        <ul>
          {transfers.map(run => (
            <TransferRow key={run.id} {...{ run, actions, trans }} />
          ))}
        </ul>
      </details>
      <Received {...props} />
    </>
  );
}
