import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  ICommandPalette,
  MainAreaWidget,
  WidgetTracker
} from '@jupyterlab/apputils';
import {
  ITranslator,
  nullTranslator,
  TranslationBundle
} from '@jupyterlab/translation';
import { userIcon } from '@jupyterlab/ui-components';
import { IDeepService } from '../service/tokens';
import { LazyPanel } from '../shared/lazyPanel';
import { CommandIDs } from './commandIds';
import type { IAccounts } from './createAccounts';

export const accountsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-deep:accounts',
  description: 'Who the user is at clouds and platforms: sign in, disconnect.',
  autoStart: true,
  requires: [IDeepService],
  optional: [ILayoutRestorer, ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    service: IDeepService,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_deep');
    let accounts: Promise<IAccounts> | undefined;
    const load = () =>
      (accounts ??= import('./createAccounts').then(({ createAccounts }) =>
        createAccounts({ service, trans })
      ));
    addAccounts(app, load, restorer, trans);
    palette?.addItem({
      command: CommandIDs.showAccounts,
      category: trans.__('DEEP')
    });
  }
};

/** One tab of the main area, made when it is first asked for. */
function addAccounts(
  app: JupyterFrontEnd,
  load: () => Promise<IAccounts>,
  restorer: ILayoutRestorer | null,
  trans: TranslationBundle
): void {
  const tracker = new WidgetTracker<MainAreaWidget<LazyPanel>>({
    namespace: 'jp-deep-accounts'
  });
  app.commands.addCommand(CommandIDs.showAccounts, {
    label: trans.__('DEEP: Accounts…'),
    caption: trans.__('Sign in at clouds and platforms, and disconnect'),
    icon: userIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          provider: {
            type: 'string',
            description:
              'Sign in there at once, unless an account of it is connected.'
          },
          account: {
            type: 'string',
            description: 'Link this account again, unless it is connected.'
          }
        }
      }
    },
    execute: async args => {
      const tab = tracker.currentWidget ?? makeTab(load, trans);
      if (!tab.isAttached) {
        await tracker.add(tab);
        app.shell.add(tab, 'main');
      }
      app.shell.activateById(tab.id);
      const { account, provider } = args;
      if (typeof account === 'string') {
        await (await load()).actions.connect(account);
      } else if (typeof provider === 'string') {
        await (await load()).actions.signInWith(provider);
      }
    }
  });
  void restorer?.restore(tracker, {
    command: CommandIDs.showAccounts,
    name: () => 'accounts'
  });
}

function makeTab(
  load: () => Promise<IAccounts>,
  trans: TranslationBundle
): MainAreaWidget<LazyPanel> {
  const content = new LazyPanel({
    load: async () => (await load()).makePanel(),
    failed: reason =>
      trans.__('The accounts could not be loaded: %1', String(reason)),
    retryLabel: trans.__('Retry')
  });
  const tab = new MainAreaWidget({ content });
  tab.id = 'jp-deep-accounts';
  tab.title.label = trans.__('Accounts');
  tab.title.icon = userIcon;
  tab.title.closable = true;
  tab.toolbar.hide();
  content.node.setAttribute('role', 'region');
  content.node.setAttribute('aria-label', trans.__('Accounts'));
  return tab;
}
