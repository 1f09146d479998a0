import type { ILabShell, JupyterFrontEnd } from '@jupyterlab/application';
import { InputDialog, showErrorMessage } from '@jupyterlab/apputils';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CheckRequest } from '@jupyterlab-deep/protocol';
import { UUID } from '@lumino/coreutils';
import type { Widget } from '@lumino/widgets';
import { moduleIcon } from '../shared/icons';
import { CommandIDs } from './commandIds';
import { DevelopTab } from './developTab';

export interface IDevelopCommandsOptions {
  app: JupyterFrontEnd;
  labShell: ILabShell | null;
  browsers: IFileBrowserFactory | null;
  notebooks: INotebookTracker | null;
  trans: TranslationBundle;
  newModule: (
    notebook: string | undefined,
    close: () => void
  ) => Promise<Widget>;
  live: (folder: string) => Promise<Widget>;
  check: (request: CheckRequest, title: string) => Promise<Widget>;
}

/** Files of these drives are those of Jupyter's own disk; collaboration serves the same files under its own name. */
const LOCAL_DRIVES = ['', 'RTC'];

export function addDevelopCommands(options: IDevelopCommandsOptions): void {
  addNewModule(options);
  addServe(options);
  addCheck(options);
}

function addNewModule(options: IDevelopCommandsOptions): void {
  const { app, notebooks, newModule, trans } = options;
  const open = (notebook?: string): void => {
    const label = trans.__('New module');
    const id = `jp-deep-new-module-${UUID.uuid4()}`;
    const load = (close: () => void) => newModule(notebook, close);
    show(options, new DevelopTab({ id, label, load, trans }));
  };
  app.commands.addCommand(CommandIDs.newModule, {
    label: ({ isPalette }) =>
      isPalette ? trans.__('DEEP: New Module…') : trans.__('New module'),
    caption: trans.__(
      'Write a module of your own, and serve it while you edit'
    ),
    icon: moduleIcon,
    describedBy: { args: { type: 'object', properties: {} } },
    execute: () => open()
  });
  const selected = (): string | null => selectedItem(options, 'notebook');
  app.commands.addCommand(CommandIDs.moduleOfNotebook, {
    label: ({ isPalette }) =>
      isPalette
        ? trans.__('DEEP: Make a Module from This Notebook…')
        : trans.__('Make a module from this notebook'),
    caption: trans.__('Make a module from this notebook'),
    icon: moduleIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          ofNotebook: {
            type: 'boolean',
            description: 'Take the current notebook.'
          }
        }
      }
    },
    isVisible: args =>
      Boolean(args.ofNotebook || args.isPalette) || selected() !== null,
    isEnabled: args =>
      !(args.ofNotebook || args.isPalette) || Boolean(notebooks?.currentWidget),
    execute: async args => {
      const panel =
        args.ofNotebook || args.isPalette ? notebooks?.currentWidget : null;
      const path = panel ? panel.context.path : selected();
      const local = path === null ? null : localPath(options, path);
      if (local !== null) {
        await panel?.context.save();
        open(local);
      }
    }
  });
}

function addServe(options: IDevelopCommandsOptions): void {
  const { app, labShell, live, trans } = options;
  app.commands.addCommand(CommandIDs.serveFolder, {
    label: trans.__('Serve while I edit'),
    caption: trans.__(
      'Serve the module in this folder, and start it anew with each save'
    ),
    icon: moduleIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          path: { type: 'string', description: 'A folder of Jupyter.' }
        }
      }
    },
    isVisible: args =>
      Boolean(args.path) || selectedItem(options, 'directory') !== null,
    execute: args => {
      const path =
        (args.path as string | undefined) ?? selectedItem(options, 'directory');
      const folder = path === null ? null : localPath(options, path);
      if (folder === null) {
        return;
      }
      const id = `jp-deep-live-${encodeURIComponent(folder)}`;
      const known = [...app.shell.widgets('main')].find(each => each.id === id);
      if (known) {
        app.shell.activateById(id);
        return;
      }
      const name = folder.split('/').at(-1) ?? folder;
      const tab = new DevelopTab({
        id,
        label: trans.__('Serving %1', name),
        load: () => live(folder),
        trans
      });
      // Beside what is edited.
      const ref = labShell?.currentWidget?.id;
      show(options, tab, ref ? { mode: 'split-right', ref } : undefined);
    }
  });
}

function addCheck(options: IDevelopCommandsOptions): void {
  const { app, check, trans } = options;
  app.commands.addCommand(CommandIDs.checkServer, {
    label: ({ isPalette }) =>
      isPalette ? trans.__('DEEP: Check a Module’s API…') : trans.__('Check'),
    caption: trans.__('Check a server by the rules of DEEPaaS'),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          id: { type: 'string', description: 'Of a deployment.' },
          address: { type: 'string', description: 'Of a server.' },
          title: { type: 'string' },
          ref: {
            type: 'string',
            description: 'Id of the tab after which it opens.'
          }
        }
      }
    },
    execute: async args => {
      const deployment = args.id as string | undefined;
      const address = deployment
        ? undefined
        : ((args.address as string | undefined) ??
          (await askForAddress(options)) ??
          undefined);
      if (!deployment && !address) {
        return;
      }
      const what = (args.title as string | undefined) ?? address;
      const label = what
        ? trans.__('Check of %1', what)
        : trans.__('Check of a module');
      const id = `jp-deep-check-${UUID.uuid4()}`;
      const load = () => check({ deployment, address }, label);
      const tab = new DevelopTab({ id, label, load, trans });
      const ref = args.ref as string | undefined;
      show(options, tab, ref ? { mode: 'tab-after', ref } : undefined);
    }
  });
}

async function askForAddress({
  trans
}: IDevelopCommandsOptions): Promise<string | null> {
  const { value } = await InputDialog.getText({
    title: trans.__('Check a module’s API'),
    label: trans.__(
      'Address of a DEEPaaS server, such as https://host:5000. Its routes are asked and a few predictions are made; no training is begun.'
    ),
    okLabel: trans.__('Check')
  });
  return value?.trim() || null;
}

function show(
  { app, labShell }: IDevelopCommandsOptions,
  tab: Widget,
  place?: DocumentRegistry.IOpenOptions
): void {
  app.shell.add(tab, 'main', place);
  // A page of Notebook 7 holds one document in its main area; its right area takes more.
  if (!labShell && !tab.isAttached) {
    app.shell.add(tab, 'right');
  }
  app.shell.activateById(tab.id);
}

/** The one item of this type that is selected in the file browser. */
function selectedItem(
  { browsers }: IDevelopCommandsOptions,
  type: 'notebook' | 'directory'
): string | null {
  const items = [...(browsers?.tracker.currentWidget?.selectedItems() ?? [])];
  return items.length === 1 && items[0].type === type ? items[0].path : null;
}

function localPath(
  { app, trans }: IDevelopCommandsOptions,
  path: string
): string | null {
  const { contents } = app.serviceManager;
  if (LOCAL_DRIVES.includes(contents.driveName(path))) {
    return contents.localPath(path);
  }
  void showErrorMessage(
    trans.__('This is not on Jupyter’s own disk'),
    trans.__('Copy it to Jupyter first, then take the copy.')
  );
  return null;
}
