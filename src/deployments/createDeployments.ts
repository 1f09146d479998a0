import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Widget } from '@lumino/widgets';
import '../../style/deployments.css';
import type { ICatalogue } from '../catalogue/tokens';
import { InferenceClient } from '../inference/client';
import type { IDeepService } from '../service/tokens';
import { DeploymentActions } from './actions';
import { AddTargetModel } from './addTargetModel';
import { DeploymentsClient } from './client';
import { CommandIDs } from './commandIds';
import { consentFor } from './consentFor';
import { DeployModel } from './deployModel';
import { LogPanel } from './logPanel';
import { DeploymentsModel } from './model';
import { DeploymentsPanel } from './panel';

export interface ICreateDeploymentsOptions {
  app: JupyterFrontEnd;
  service: IDeepService;
  catalogue: ICatalogue;
  /** The folder that files are saved into. */
  currentFolder: () => string;
  trans: TranslationBundle;
}

/** All of the capability, once something of it is used. */
export interface IDeployments {
  readonly view: Widget;
  readonly model: DeploymentsModel;
  readonly actions: DeploymentActions;
  readonly client: DeploymentsClient;
  makeLog(id: string): Widget;
}

export function createDeployments(
  options: ICreateDeploymentsOptions
): IDeployments {
  const { app, service, catalogue, currentFolder, trans } = options;
  const { commands } = app;
  const client = new DeploymentsClient(service);
  const model = new DeploymentsModel({ service, client, trans });
  const askForConsent = consentFor(new InferenceClient(service), trans);
  const actions = new DeploymentActions({
    model,
    commands,
    trans,
    askToDeploy: async start => {
      const { askToDeploy } = await import('./deployDialog');
      const deploy = new DeployModel({ client, catalogue, start, trans });
      return askToDeploy(deploy, askForConsent, trans);
    },
    askForTarget: async () => {
      const { askForTarget } = await import('./addTargetDialog');
      return askForTarget(new AddTargetModel({ client, trans }), trans);
    },
    show: () => commands.execute(CommandIDs.showDeployments)
  });
  return {
    view: new DeploymentsPanel({ model, actions, service, trans }),
    model,
    actions,
    client,
    makeLog: id =>
      new LogPanel({
        id,
        client,
        model,
        service,
        contents: app.serviceManager.contents,
        currentFolder,
        trans
      })
  };
}
