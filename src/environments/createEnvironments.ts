import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';
import '../../style/environments.css';
import type { IDeepService } from '../service/tokens';
import { EnvironmentActions } from './actions';
import { EnvironmentsClient } from './client';
import { EnvironmentsModel } from './model';
import { EnvironmentsPanel } from './panel';

export interface ICreateEnvironmentsOptions {
  app: JupyterFrontEnd;
  service: IDeepService;
  currentFolder: () => string;
  trans: TranslationBundle;
}

/** All of the capability, once something of it is used. */
export interface IEnvironments {
  readonly model: EnvironmentsModel;
  makePanel(): EnvironmentsPanel;
}

export function createEnvironments(
  options: ICreateEnvironmentsOptions
): IEnvironments {
  const { app, service, currentFolder, trans } = options;
  const client = new EnvironmentsClient(service);
  const model = new EnvironmentsModel({
    service,
    client,
    trans,
    // Else Lab looks about once a minute.
    onKernelsChanged: () =>
      void app.serviceManager.kernelspecs.refreshSpecs().catch(() => undefined)
  });
  const { commands } = app;
  const actions = new EnvironmentActions({
    model,
    commands,
    currentFolder,
    trans
  });
  const props = { model, actions, client, service, trans };
  return { model, makePanel: () => new EnvironmentsPanel(props) };
}
