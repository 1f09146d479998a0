import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { DeepService } from './connection';
import { IDeepService } from './tokens';
import { warnOfOtherVersion } from './versionCheck';

export const servicePlugin: JupyterFrontEndPlugin<IDeepService> = {
  id: 'jupyterlab-deep:service',
  description: 'Provides the connection to the DEEP companion service.',
  autoStart: true,
  provides: IDeepService,
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator | null
  ): IDeepService => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_deep');
    const { serverSettings } = app.serviceManager;
    const service = new DeepService({ serverSettings, trans });
    warnOfOtherVersion(service, trans);
    return service;
  }
};
