import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { addIcon, LabIcon, refreshIcon } from '@jupyterlab/ui-components';
import type { Widget } from '@lumino/widgets';
import { cloudIcon } from '../shared/icons';
import type { FileActions } from './fileActions';
import { CommandIDs } from './commandIds';
import type { IStorage } from './createStorage';
import type { KnownDrives } from './knownDrives';

interface IStorageCommandsOptions {
  app: JupyterFrontEnd;
  browsers: IFileBrowserFactory | null;
  drives: KnownDrives;
  load: () => Promise<IStorage>;
  sidebar: Widget;
  trans: TranslationBundle;
}

export const PALETTE = [
  CommandIDs.showStorage,
  CommandIDs.linkStorage,
  CommandIDs.copyRclone
];

const NO_ARGS = { args: { type: 'object', properties: {} } } as const;

/** Names and places only: what they do is loaded when one is used. */
export function addStorageCommands(options: IStorageCommandsOptions): void {
  const { app, load, sidebar, trans } = options;
  const add = (
    id: string,
    words: { label: string; toolbarCaption?: string; icon?: LabIcon },
    execute: (storage: IStorage) => unknown
  ) =>
    app.commands.addCommand(id, {
      label: args => (args.toolbar ? '' : words.label),
      caption: words.toolbarCaption ?? '',
      icon: words.icon,
      describedBy: {
        args: { type: 'object', properties: { toolbar: { type: 'boolean' } } }
      },
      execute: async () => execute(await load())
    });
  app.commands.addCommand(CommandIDs.showStorage, {
    label: trans.__('DEEP Storage'),
    caption: trans.__('Cloud storage, datasets and transfers'),
    icon: cloudIcon,
    describedBy: NO_ARGS,
    execute: () => app.shell.activateById(sidebar.id)
  });
  add(
    CommandIDs.linkStorage,
    {
      label: trans.__('DEEP: Link a Nextcloud…'),
      toolbarCaption: trans.__('Link a cloud storage…'),
      icon: addIcon
    },
    ({ actions }) => actions.link()
  );
  add(
    CommandIDs.refreshStorage,
    {
      label: trans.__('DEEP: Refresh Storage'),
      toolbarCaption: trans.__('Refresh'),
      icon: refreshIcon
    },
    ({ actions }) => actions.refresh()
  );
  add(
    CommandIDs.copyRclone,
    { label: trans.__('DEEP: Copy rclone Settings…') },
    ({ actions }) => actions.copyRclone()
  );
  addFileCommands(options);
}

/** Of the menu of files: each only where it applies. */
function addFileCommands(options: IStorageCommandsOptions): void {
  const { app, browsers, drives, load, trans } = options;
  const { contents } = app.serviceManager;
  const selected = () => [
    ...(browsers?.tracker.currentWidget?.selectedItems() ?? [])
  ];
  const inCloud = ({ path }: Contents.IModel) =>
    drives.has(contents.driveName(path));
  const add = (
    id: string,
    label: string,
    isFor: (item: Contents.IModel) => boolean,
    act: (files: FileActions, path: string) => unknown,
    isForMany = false
  ) =>
    app.commands.addCommand(id, {
      label,
      icon: cloudIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            path: {
              type: 'string',
              description: 'Of Jupyter, with the drive where it has one.'
            }
          }
        }
      },
      isVisible: args => {
        const items = selected();
        return (
          args.path !== undefined ||
          ((isForMany ? items.length > 0 : items.length === 1) &&
            items.every(isFor))
        );
      },
      execute: async args => {
        const { files } = await load();
        const given = args.path as string | undefined;
        const paths = given ? [given] : selected().map(({ path }) => path);
        for (const path of paths) {
          await act(files, path);
        }
      }
    });
  const isFolder = (item: Contents.IModel) =>
    inCloud(item) && item.type === 'directory';
  const isLocal = (item: Contents.IModel) =>
    drives.size > 0 && contents.driveName(item.path) === '';
  add(
    CommandIDs.share,
    trans.__('Share in the Cloud…'),
    inCloud,
    (files, path) => files.share(path)
  );
  add(
    CommandIDs.openInCloud,
    trans.__('Open in Nextcloud'),
    inCloud,
    (files, path) => files.openInCloud(path)
  );
  add(
    CommandIDs.copyKernelPath,
    trans.__('Copy Path for Kernels'),
    inCloud,
    (files, path) => files.copyKernelPath(path)
  );
  add(
    CommandIDs.makeDataset,
    trans.__('Make a Dataset'),
    isFolder,
    (files, path) => files.makeDataset(path)
  );
  add(
    CommandIDs.copyFromCloud,
    trans.__('Copy to Jupyter…'),
    inCloud,
    (files, path) => files.copyFromCloud(path),
    true
  );
  add(
    CommandIDs.copyToCloud,
    trans.__('Copy to the Cloud…'),
    isLocal,
    (files, path) => files.copyToCloud(path),
    true
  );
}
