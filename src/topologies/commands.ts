import type { JupyterFrontEnd } from '@jupyterlab/application';
import { showErrorMessage, WidgetTracker } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { topologyIcon } from '../shared/icons';
import { moduleOfCard } from '../shared/moduleOfMenu';
import { CommandIDs } from './commandIds';
import { canEdit } from './editorCommand';
import { TopologyTab } from './tab';

export interface ITopologyCommandsOptions {
  app: JupyterFrontEnd;
  tracker: WidgetTracker<TopologyTab>;
  currentFolder: () => string;
  trans: TranslationBundle;
}

/** What leads to an editor. */
export function addTopologyCommands(options: ITopologyCommandsOptions): void {
  addNewCommand(options);
  addCardCommand(options);
}

/** What is in front; else what was last, such as while a sidebar has the focus. */
export function tabInFront({
  app,
  tracker
}: ITopologyCommandsOptions): TopologyTab | null {
  const { currentWidget } = app.shell;
  return currentWidget instanceof TopologyTab
    ? currentWidget
    : tracker.currentWidget;
}

/** From the catalogue into the topology that is, or was last, in front. */
function addCardCommand(options: ITopologyCommandsOptions): void {
  const { app, trans } = options;
  const moduleOf = (args: { id?: unknown }) =>
    (args.id as string | undefined) ?? moduleOfCard(app);
  app.commands.addCommand(CommandIDs.addThisModule, {
    label: trans.__('Add to Topology'),
    icon: topologyIcon,
    isVisible: () => tabInFront(options)?.editor !== undefined,
    isEnabled: () => {
      const editor = tabInFront(options)?.editor;
      return !!editor && canEdit(editor);
    },
    describedBy: {
      args: { type: 'object', properties: { id: { type: 'string' } } }
    },
    execute: args => {
      const tab = tabInFront(options);
      const module = moduleOf(args);
      const added = module && tab?.editor?.addModule(module);
      if (tab && added) {
        app.shell.activateById(tab.id);
        tab.editor?.showSoon(added);
      }
    }
  });
}

function addNewCommand(options: ITopologyCommandsOptions): void {
  const { app, currentFolder, trans } = options;
  app.commands.addCommand(CommandIDs.newTopology, {
    label: args =>
      args.isMenu ? trans.__('Topology') : trans.__('New Topology'),
    caption: trans.__('Compose modules by drawing'),
    icon: topologyIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          template: { type: 'string', description: 'Else it is asked for.' },
          cwd: { type: 'string', description: 'The folder it is put into.' },
          isMenu: { type: 'boolean' }
        }
      }
    },
    execute: async args => {
      const { newTopology } = await import('./newTopology');
      try {
        await newTopology({
          app,
          folder: (args.cwd as string | undefined) ?? currentFolder(),
          template: args.template as string | undefined,
          trans
        });
      } catch (reason) {
        await showErrorMessage(
          trans.__('The topology could not be made'),
          reason instanceof Error ? reason.message : String(reason)
        );
      }
    }
  });
}

export const PALETTE = [
  CommandIDs.newTopology,
  ...Object.values(CommandIDs).filter(
    id => id !== CommandIDs.newTopology && id !== CommandIDs.addThisModule
  )
];
