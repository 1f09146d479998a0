import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
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
import { lazily, withLoaded } from '../shared/lazily';
import { moduleOfCard } from '../shared/moduleOfMenu';
import { CommandIDs } from './commandIds';
import type { SharingNotices } from './notices';

/** Jupyter's own files; drives have names. */
const LOCAL_DRIVES = ['', 'RTC'];

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
    const options = { app, service, browsers, state, trans };
    const notices = lazily(async () => {
      const { makeNotices } = await import('./acts');
      return makeNotices(options);
    });
    service.eventReceived.connect((_, message) => {
      if (message.event === 'catalogue' && message.data.source === 'shared') {
        void notices().then(
          made => made.look(),
          // What is not told now is told at the next change.
          reason => console.warn('What is shared cannot be told of.', reason)
        );
      }
    });
    addCommands({ ...options, notices });
    for (const command of [CommandIDs.showShares, CommandIDs.openLink]) {
      palette?.addItem({ command, category: trans.__('DEEP') });
    }
  }
};

export interface ISharingOptions {
  app: JupyterFrontEnd;
  service: IDeepService;
  browsers: IFileBrowserFactory | null;
  state: IStateDB | null;
  trans: TranslationBundle;
}

interface ICommandOptions extends ISharingOptions {
  /** Loaded at their first use. */
  notices: () => Promise<SharingNotices>;
}

function addCommands(options: ICommandOptions): void {
  const { app, trans } = options;
  const act = (work: (acts: typeof import('./acts')) => Promise<void>) =>
    withLoaded(() => import('./acts'), work, trans);
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
        await act(async ({ share }) =>
          share(options, await options.notices(), what)
        );
      }
    }
  });
  app.commands.addCommand(CommandIDs.showShares, {
    label: trans.__('Modules I Share'),
    caption: trans.__(
      'What you share with colleagues, and how to take it back'
    ),
    describedBy: { args: { type: 'object', properties: {} } },
    execute: () => act(({ showShares }) => showShares(options))
  });
  app.commands.addCommand(CommandIDs.openLink, {
    label: trans.__('Open a Share by its Link…'),
    caption: trans.__('Open a share that somebody sent you by its link'),
    icon: linkIcon,
    describedBy: { args: { type: 'object', properties: {} } },
    execute: () => act(({ openLink }) => openLink(options))
  });
}

/** What the command is about: a module, or the one folder that is selected in the file browser. */
function whatOf(
  { app, browsers }: ISharingOptions,
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
