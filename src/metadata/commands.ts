import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { WidgetTracker } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDeepService } from '../service/tokens';
import { moduleIcon } from '../shared/icons';
import { CommandIDs } from './commandIds';
import { MetadataTab } from './tab';

interface IMetadataCommandsOptions {
  app: JupyterFrontEnd;
  service: IDeepService;
  tracker: WidgetTracker<MetadataTab>;
  defaultBrowser: IDefaultFileBrowser | null;
  trans: TranslationBundle;
}

/** The file in a module's folder that describes it, whether it is there or not. */
const METADATA = 'ai4-metadata.yml';

export function addMetadataCommands(options: IMetadataCommandsOptions): void {
  const { app, service, trans } = options;
  const { commands, serviceManager } = app;
  const inFront = () => tabInFront(options);
  commands.addCommand(CommandIDs.prepare, {
    label: trans.__('Prepare for AI4EOSC…'),
    caption: trans.__('What the maintainers of the catalogue ask for'),
    icon: moduleIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          path: {
            type: 'string',
            description: 'A file in the folder of the module.'
          }
        }
      }
    },
    execute: async args => {
      const { showPreparation } = await import('./prepareDialog');
      const path = (args.path as string | undefined) ?? pathOf(options);
      await showPreparation({
        service,
        commands,
        folder: PathExt.dirname(path),
        jupyterPath: serviceManager.contents.localPath(path),
        trans
      });
    }
  });
  commands.addCommand(CommandIDs.migrate, {
    label: trans.__('Migrate Metadata to the Newest Version'),
    describedBy: { args: { type: 'object', properties: {} } },
    isEnabled: () => inFront()?.view?.model.canMigrate ?? false,
    execute: () => inFront()?.view?.model.migrate()
  });
}

function tabInFront({
  app,
  tracker
}: IMetadataCommandsOptions): MetadataTab | null {
  const { currentWidget } = app.shell;
  return currentWidget instanceof MetadataTab
    ? currentWidget
    : tracker.currentWidget;
}

/** What is chosen in the file browser, what is in front, else the folder that is shown. */
function pathOf(options: IMetadataCommandsOptions): string {
  const { app, defaultBrowser } = options;
  const front = app.shell.currentWidget;
  if (front instanceof MetadataTab) {
    return front.context.path;
  }
  const chosen = [...(defaultBrowser?.selectedItems() ?? [])].find(({ name }) =>
    /^ai4-metadata\.ya?ml$|^metadata\.json$/.test(name)
  );
  return (
    chosen?.path ?? PathExt.join(defaultBrowser?.model.path ?? '', METADATA)
  );
}
