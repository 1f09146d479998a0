import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { IDeepService } from '../service/tokens';
import { ActivityModel } from './model';
import { StatusItem } from './statusItem';

export const activityPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-deep:activity',
  description: 'Shows in the status bar what DEEP is doing.',
  autoStart: true,
  requires: [IDeepService],
  optional: [IStatusBar, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    service: IDeepService,
    statusBar: IStatusBar | null,
    translator: ITranslator | null
  ): void => {
    if (!statusBar) {
      return;
    }
    const trans = (translator ?? nullTranslator).load('jupyterlab_deep');
    const model = new ActivityModel(service);
    const item = new StatusItem(model, trans, () => {
      const id = model.latestModule;
      void (id
        ? app.commands.execute('deep:open-module', { id, tab: 'try' })
        : app.commands.execute('deep:show-catalogue'));
    });
    statusBar.registerStatusItem(activityPlugin.id, {
      item,
      align: 'left',
      rank: 5,
      isActive: () => model.isUnreachable || model.runningCount > 0,
      activeStateChanged: model.changed
    });
  }
};
