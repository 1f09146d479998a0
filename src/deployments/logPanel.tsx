import type { Deployment } from '@jupyterlab-deep/protocol';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Message } from '@lumino/messaging';
import * as React from 'react';
import { DEPLOYMENT_SIGNS } from '../inference/deploymentWords';
import { isLive } from '../inference/presentDeployment';
import { downloadBlob } from '../inference/results/download';
import { saveFile } from '../inference/results/saveFile';
import type { IDeepService } from '../service/tokens';
import { ConnectionBanner } from '../shared/connectionBanner';
import { LogFollower } from '../shared/logFollower';
import { LogView } from '../shared/logView';
import { useChanges } from '../shared/useChanges';
import type { DeploymentsClient } from './client';
import type { DeploymentsModel } from './model';
import { stateWord } from './words';

const LOG_TYPE = 'text/plain;charset=utf-8';

interface ILogPanelOptions {
  /** Of the deployment. */
  id: string;
  client: DeploymentsClient;
  model: DeploymentsModel;
  service: IDeepService;
  contents: Contents.IManager;
  currentFolder: () => string;
  trans: TranslationBundle;
}

/** The log of a deployment; it follows while that lives. */
export class LogPanel extends ReactWidget {
  constructor(private readonly _options: ILogPanelOptions) {
    super();
    const { id, client, model, service } = _options;
    this.addClass('jp-DeepDeployments-logPanel');
    this.node.tabIndex = -1;
    this._log = new LogFollower({
      read: offset => client.log(id, offset),
      // What is not known yet may live.
      grows: () => {
        const known = model.get(id);
        return known ? mayWrite(known) : model.deployments === null;
      }
    });
    void model.start();
    model.changed.connect(this._onChanged, this);
    service.connectionChanged.connect(this._onConnection, this);
  }

  override dispose(): void {
    if (!this.isDisposed) {
      const { model, service } = this._options;
      model.changed.disconnect(this._onChanged, this);
      service.connectionChanged.disconnect(this._onConnection, this);
      this._log.dispose();
      super.dispose();
    }
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    this.node.focus();
  }

  protected render(): JSX.Element {
    return <Log {...this._options} log={this._log} />;
  }

  /** It may have been started again. */
  private _onChanged(): void {
    const { model, id } = this._options;
    const state = model.get(id)?.state;
    if (state !== this._state) {
      this._state = state;
      this._log.follow();
      this._log.lookNow();
    }
  }

  private _onConnection(): void {
    if (this._options.service.connection.state === 'online') {
      this._log.lookNow();
    }
  }

  private readonly _log: LogFollower;
  private _state: Deployment['state'] | undefined;
}

const mayWrite = (deployment: Deployment): boolean =>
  isLive(deployment) || deployment.state === 'stopping';

interface ILogProps extends ILogPanelOptions {
  log: LogFollower;
}

function Log(props: ILogProps): JSX.Element {
  const { id, model, service, contents, currentFolder, log, trans } = props;
  useChanges(model);
  const deployment = model.get(id);
  const title = deployment?.title ?? id;
  const name = `${title.replace(/[^\p{L}\p{N}.-]+/gu, '-')}-${id}.log`;
  const whole = async (): Promise<Blob> =>
    new Blob([await log.whole()], { type: LOG_TYPE });
  return (
    <>
      <ConnectionBanner service={service} trans={trans} />
      <header className="jp-DeepDeployments-logHeader">
        <h1>{trans.__('Log of %1', title)}</h1>
        {deployment && (
          <p role="status">
            <span aria-hidden="true">{DEPLOYMENT_SIGNS[deployment.state]}</span>{' '}
            {stateWord(deployment, trans)}
            {deployment.error && ` · ${deployment.error}`}
          </p>
        )}
        {!deployment && model.deployments && (
          <p role="status">{trans.__('It is not known any more.')}</p>
        )}
      </header>
      <LogView
        log={log}
        label={trans.__('Log of %1', title)}
        trans={trans}
        onDownload={async () => downloadBlob(await whole(), name)}
        onSave={async () =>
          saveFile({
            contents,
            folder: currentFolder(),
            name,
            blob: await whole(),
            onProgress: () => undefined
          })
        }
      />
    </>
  );
}
