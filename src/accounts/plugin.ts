import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import {
  ITranslator,
  nullTranslator,
  TranslationBundle
} from '@jupyterlab/translation';
import { userIcon } from '@jupyterlab/ui-components';
import { IDeepService } from '../service/tokens';
import { lazily } from '../shared/lazily';
import { addOnlyTab } from '../shared/lazyTab';
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
    const load = lazily(async () => {
      const { createAccounts } = await import('./createAccounts');
      return createAccounts({ service, trans });
    });
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
  const show = addOnlyTab({
    app,
    restorer,
    command: CommandIDs.showAccounts,
    name: 'accounts',
    label: trans.__('Accounts'),
    icon: userIcon,
    load: async () => (await load()).makePanel(),
    failed: reason =>
      trans.__('The accounts could not be loaded: %1', String(reason)),
    trans
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
      await show();
      const { account, provider } = args;
      if (typeof account === 'string') {
        await (await load()).actions.connect(account);
      } else if (typeof provider === 'string') {
        await (await load()).actions.signInWith(provider);
      }
    }
  });
}
