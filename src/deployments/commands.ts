import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { Deployment } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  addIcon,
  ellipsesIcon,
  LabIcon,
  refreshIcon
} from '@jupyterlab/ui-components';
import { Menu } from '@lumino/widgets';
import { deploymentIcon } from '../shared/icons';
import { moduleOfCard } from '../shared/moduleOfMenu';
import type { Sidebar } from '../shared/sidebar';
import { CommandIDs, OtherCommandIDs } from './commandIds';
import { COMMAND_OF } from './commandOf';
import type { IDeployments } from './createDeployments';
import { Offer, offersOf, offerWord } from './offers';

interface IDeploymentCommandsOptions {
  app: JupyterFrontEnd;
  sidebar: Sidebar;
  load: () => Promise<IDeployments>;
  /** Undefined while nothing of it was used. */
  loaded: () => IDeployments | undefined;
  openLog: (id: string) => void;
  trans: TranslationBundle;
}

export const PALETTE = [
  CommandIDs.showDeployments,
  CommandIDs.deployModule,
  CommandIDs.addTarget
];

const ID = { type: 'string', description: 'Of the deployment.' };

/** Names and places only: what they do is loaded when one is used. */
export function addDeploymentCommands(
  options: IDeploymentCommandsOptions
): void {
  addPanelCommands(options);
  for (const offer of Object.keys(COMMAND_OF) as Offer[]) {
    addRowCommand(options, offer);
  }
}

function addPanelCommands(options: IDeploymentCommandsOptions): void {
  const { app, sidebar, load, trans } = options;
  const { commands } = app;
  const toolbar = { type: 'boolean' };
  const add = (
    id: string,
    words: { label: string; caption: string; icon: LabIcon },
    execute: (deployments: IDeployments) => unknown
  ) =>
    commands.addCommand(id, {
      ...words,
      label: args => (args.toolbar ? '' : words.label),
      describedBy: { args: { type: 'object', properties: { toolbar } } },
      execute: async () => execute(await load())
    });
  commands.addCommand(CommandIDs.showDeployments, {
    label: trans.__('DEEP Deployments'),
    caption: trans.__('What runs, here and elsewhere'),
    icon: deploymentIcon,
    describedBy: { args: { type: 'object', properties: {} } },
    execute: () => app.shell.activateById(sidebar.id)
  });
  commands.addCommand(CommandIDs.deployModule, {
    label: args =>
      args.toolbar
        ? ''
        : args.card
          ? trans.__('Deploy…')
          : trans.__('DEEP: Deploy a Module…'),
    caption: trans.__('Deploy a module…'),
    icon: addIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          toolbar,
          card: {
            type: 'boolean',
            description: 'Take the module of the card whose menu was opened.'
          },
          id: { type: 'string', description: 'source/name of the module.' },
          target: { type: 'string', description: 'Id of the target.' }
        }
      }
    },
    execute: async args => {
      const { actions } = await load();
      await actions.deploy({
        module: args.card ? moduleOfCard(app) : (args.id as string | undefined),
        target: args.target as string | undefined
      });
    }
  });
  add(
    CommandIDs.refreshDeployments,
    {
      label: trans.__('DEEP: Refresh Deployments'),
      caption: trans.__('Refresh'),
      icon: refreshIcon
    },
    ({ actions }) => actions.refresh()
  );
  add(
    CommandIDs.checkTargets,
    {
      label: trans.__('Check All Places'),
      caption: trans.__('Ask each place whether modules can run there now'),
      icon: refreshIcon
    },
    ({ actions }) => actions.checkAll()
  );
  add(
    CommandIDs.addTarget,
    {
      label: trans.__('DEEP: Add a Place for Deployments…'),
      caption: trans.__('An engine on another host, a cloud, a platform'),
      icon: addIcon
    },
    ({ actions }) => actions.addTarget()
  );
  commands.addCommand(CommandIDs.moreDeployments, {
    label: args =>
      args.toolbar ? '' : trans.__('DEEP: More about Deployments…'),
    caption: trans.__('More'),
    icon: ellipsesIcon,
    describedBy: { args: { type: 'object', properties: { toolbar } } },
    execute: () => openMore(options)
  });
}

/** The menu of the toolbar, below its button. */
function openMore({ app, sidebar }: IDeploymentCommandsOptions): void {
  const { commands } = app;
  const menu = new Menu({ commands });
  const items = [
    { command: CommandIDs.checkTargets },
    { command: CommandIDs.addTarget },
    {
      command: OtherCommandIDs.connectModule,
      args: { isPalette: true }
    },
    { command: OtherCommandIDs.pythonEnvironments },
    { command: OtherCommandIDs.showAccounts }
  ];
  items
    .filter(({ command }) => commands.hasCommand(command))
    .forEach(item => menu.addItem(item));
  menu.aboutToClose.connect(() => {
    // The chosen command runs after the menu has closed.
    requestAnimationFrame(() => menu.dispose());
  });
  const { node } = sidebar.toolbar;
  const button =
    node.querySelector(`[data-command="${CommandIDs.moreDeployments}"]`) ??
    node;
  const { left, bottom } = button.getBoundingClientRect();
  menu.open(left, bottom);
}

/** Of one deployment: by its id, of the row with the focus, or of the row whose menu was opened. */
function addRowCommand(
  options: IDeploymentCommandsOptions,
  offer: Offer
): void {
  const { app, load, loaded, openLog, trans } = options;
  const find = (args: { id?: unknown; focused?: unknown }) => {
    const id =
      (args.id as string | undefined) ??
      (args.focused ? idOfFocus() : idOfMenu(app));
    return { id, known: id ? loaded()?.model.get(id) : undefined };
  };
  app.commands.addCommand(COMMAND_OF[offer], {
    label: args =>
      offerWord(offer, find(args).known ?? { state: 'ready' }, trans),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          id: ID,
          focused: {
            type: 'boolean',
            description: 'Take the one that has the focus.'
          }
        }
      }
    },
    // Of one that is not known yet, the service says whether it can be done.
    isVisible: args => {
      const { known } = find(args);
      return !known || offersOf(known).has(offer);
    },
    execute: async args => {
      const { id } = find(args);
      if (id && offer === 'log') {
        openLog(id);
      } else if (id) {
        await doIt(await load(), offer, id);
      }
    }
  });
}

async function doIt(
  { model, actions }: IDeployments,
  offer: Offer,
  id: string
): Promise<void> {
  await model.start();
  const known: Deployment | undefined = model.get(id);
  if (known && offersOf(known).has(offer)) {
    await actions.do(offer, known);
  }
}

const ROW = '[data-deep-deployment]';

const idOfFocus = (): string | undefined =>
  document.activeElement?.closest<HTMLElement>(ROW)?.dataset.deepDeployment;

function idOfMenu(app: JupyterFrontEnd): string | undefined {
  const isRow = (node: HTMLElement) =>
    node.dataset.deepDeployment !== undefined;
  return app.contextMenuHitTest(isRow)?.dataset.deepDeployment;
}
