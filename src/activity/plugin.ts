import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IStateDB } from '@jupyterlab/statedb';
import { IStatusBar } from '@jupyterlab/statusbar';
import {
  ITranslator,
  nullTranslator,
  TranslationBundle
} from '@jupyterlab/translation';
import { listIcon } from '@jupyterlab/ui-components';
import { IDeepService } from '../service/tokens';
import { addOnlyTab } from '../shared/lazyTab';
import { CommandIDs } from './commandIds';
import { EndNotices } from './endNotices';
import { ActivityModel } from './model';
import { showRun } from './showRun';
import { StatusItem } from './statusItem';

export const activityPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-deep:activity',
  description:
    'Shows what DEEP is doing: a list of all runs, a status item, a word when something long has ended.',
  autoStart: true,
  requires: [IDeepService],
  optional: [
    IStatusBar,
    ILayoutRestorer,
    ICommandPalette,
    IStateDB,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    service: IDeepService,
    statusBar: IStatusBar | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    state: IStateDB | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_deep');
    addActivity(app, service, restorer, trans);
    new EndNotices({
      service,
      state,
      trans,
      restored: app.restored,
      show: run => showRun(app.commands, run)
    });
    palette?.addItem({
      command: CommandIDs.showActivity,
      category: trans.__('DEEP')
    });
    if (!statusBar) {
      return;
    }
    const model = new ActivityModel(service);
    const item = new StatusItem(
      model,
      trans,
      () => void app.commands.execute(CommandIDs.showActivity)
    );
    statusBar.registerStatusItem(activityPlugin.id, {
      item,
      align: 'left',
      rank: 5,
      isActive: () => model.isUnreachable || model.runningCount > 0,
      activeStateChanged: model.changed
    });
  }
};

function addActivity(
  app: JupyterFrontEnd,
  service: IDeepService,
  restorer: ILayoutRestorer | null,
  trans: TranslationBundle
): void {
  const { commands } = app;
  const show = addOnlyTab({
    app,
    restorer,
    command: CommandIDs.showActivity,
    name: 'activity',
    label: trans.__('Activity'),
    icon: listIcon,
    load: async () => {
      const { createActivity } = await import('./createActivity');
      return createActivity({ commands, service, trans });
    },
    failed: reason =>
      trans.__('The activity could not be loaded: %1', String(reason)),
    trans
  });
  commands.addCommand(CommandIDs.showActivity, {
    label: trans.__('DEEP: Activity'),
    caption: trans.__('Show what runs, and what has run'),
    icon: listIcon,
    describedBy: { args: { type: 'object', properties: {} } },
    execute: show
  });
}
