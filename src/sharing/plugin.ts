import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { IStateDB } from '@jupyterlab/statedb';
import {
  ITranslator,
  nullTranslator,
  TranslationBundle
} from '@jupyterlab/translation';
import { linkIcon, shareIcon } from '@jupyterlab/ui-components';
import type { SharePreviewRequest } from '@jupyterlab-deep/protocol';
import { IDeepService } from '../service/tokens';
import { moduleOfCard } from '../shared/moduleOfMenu';
import { CommandIDs, OtherCommandIDs } from './commandIds';
import { SharingNotices } from './notices';

/** Jupyter's own files; drives have names. */
const LOCAL_DRIVES = ['', 'RTC'];
const QUIET_MS = 8_000;

export const sharingPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-deep:sharing',
  description: 'Modules shared with colleagues, and theirs with the user.',
  autoStart: true,
  requires: [IDeepService],
  optional: [ICommandPalette, IFileBrowserFactory, IStateDB, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    service: IDeepService,
    palette: ICommandPalette | null,
    browsers: IFileBrowserFactory | null,
    state: IStateDB | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_deep');
    const { commands } = app;
    const notices = new SharingNotices({
      service,
      state,
      trans,
      openModule: id =>
        void commands.execute(OtherCommandIDs.openModule, { id }),
      showActivity: () => void commands.execute(OtherCommandIDs.showActivity)
    });
    addCommands({ app, service, browsers, notices, trans });
    for (const command of [CommandIDs.showShares, CommandIDs.openLink]) {
      palette?.addItem({ command, category: trans.__('DEEP') });
    }
  }
};

interface ICommandOptions {
  app: JupyterFrontEnd;
  service: IDeepService;
  browsers: IFileBrowserFactory | null;
  notices: SharingNotices;
  trans: TranslationBundle;
}

function addCommands(options: ICommandOptions): void {
  const { app, service, trans } = options;
  app.commands.addCommand(CommandIDs.shareModule, {
    label: trans.__('Share as a module…'),
    caption: trans.__('Share it with colleagues, in your cloud or on a disk'),
    icon: shareIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          id: { type: 'string', description: 'Of the module.' },
          folder: { type: 'string', description: 'A folder of Jupyter.' }
        }
      }
    },
    isVisible: args => whatOf(options, args) !== null,
    execute: async args => {
      const what = whatOf(options, args);
      if (what) {
        await share(options, what);
      }
    }
  });
  app.commands.addCommand(CommandIDs.showShares, {
    label: trans.__('Modules I Share'),
    caption: trans.__(
      'What you share with colleagues, and how to take it back'
    ),
    describedBy: { args: { type: 'object', properties: {} } },
    execute: async () => {
      const [
        { showMyShares },
        { MySharesModel },
        { AuthorKeyModel },
        { SharingClient }
      ] = await Promise.all([
        import('./myShares'),
        import('./mySharesModel'),
        import('./authorKeyModel'),
        import('./client')
      ]);
      const client = new SharingClient(service);
      const model = new MySharesModel(client, trans);
      await showMyShares(model, new AuthorKeyModel(client, trans), trans);
    }
  });
  app.commands.addCommand(CommandIDs.openLink, {
    label: trans.__('Open a Share by its Link…'),
    caption: trans.__('Open a share that somebody sent you by its link'),
    icon: linkIcon,
    describedBy: { args: { type: 'object', properties: {} } },
    execute: () => openLink(options)
  });
}

/** What lies behind a link is shown: one module on its page, several in the catalogue. */
async function openLink({
  app,
  service,
  trans
}: ICommandOptions): Promise<void> {
  const [{ askForLink }, { OpenLinkModel }, { SharingClient }] =
    await Promise.all([
      import('./openLinkDialog'),
      import('./openLinkModel'),
      import('./client')
    ]);
  const model = new OpenLinkModel(new SharingClient(service), trans);
  const opened = await askForLink(model, trans);
  if (!opened) {
    return;
  }
  const [{ id }] = opened;
  if (opened.length === 1) {
    await app.commands.execute(OtherCommandIDs.openModule, { id });
    return;
  }
  await app.commands.execute(OtherCommandIDs.showCatalogue);
  Notification.info(
    trans._n(
      '%1 module is listed under “Shared with me”.',
      '%1 modules are listed under “Shared with me”.',
      opened.length,
      opened.length.toLocaleString()
    ),
    { autoClose: QUIET_MS }
  );
}

/** What the command is about: a module, or the one folder that is selected in the file browser. */
function whatOf(
  { app, browsers }: ICommandOptions,
  args: { id?: unknown; folder?: unknown }
): SharePreviewRequest | null {
  const id = typeof args.id === 'string' ? args.id : moduleOfCard(app);
  if (id) {
    return { module: id };
  }
  const folder =
    typeof args.folder === 'string' ? args.folder : selectedFolder(browsers);
  const { contents } = app.serviceManager;
  return folder !== null && LOCAL_DRIVES.includes(contents.driveName(folder))
    ? { folder: { from: 'jupyter', path: contents.localPath(folder) } }
    : null;
}

function selectedFolder(browsers: IFileBrowserFactory | null): string | null {
  const items = [...(browsers?.tracker.currentWidget?.selectedItems() ?? [])];
  return items.length === 1 && items[0].type === 'directory'
    ? items[0].path
    : null;
}

async function share(
  { service, notices, trans }: ICommandOptions,
  what: SharePreviewRequest
): Promise<void> {
  const [{ askToShare }, { ShareModel }, { SharingClient }, { FilesClient }] =
    await Promise.all([
      import('./shareDialog'),
      import('./shareModel'),
      import('./client'),
      import('../storage/filesClient')
    ]);
  const model = new ShareModel({
    client: new SharingClient(service),
    findPeople: (account, search, signal) =>
      new FilesClient(service, account).people(search, signal),
    what,
    trans
  });
  const run = await askToShare(model, trans);
  if (run) {
    notices.watch(run);
  }
}
