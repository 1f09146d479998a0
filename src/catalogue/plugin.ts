import {
  ILabShell,
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  createToolbarFactory,
  ICommandPalette,
  IToolbarWidgetRegistry,
  setToolbar
} from '@jupyterlab/apputils';
import type { ModuleCard } from '@jupyterlab-deep/protocol';
import { ILauncher } from '@jupyterlab/launcher';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { IDeepService } from '../service/tokens';
import { moduleIcon } from '../shared/icons';
import { lazily } from '../shared/lazily';
import { Sidebar } from '../shared/sidebar';
import { ListingCache } from './cache';
import { CatalogueClient } from './client';
import { CommandIDs } from './commandIds';
import { followDeepLink } from './deepLink';
import { Favourites } from './favourites';
import { addCatalogueCommands } from './commands';
import { LauncherCards } from './launcherCards';
import type { CatalogueModel } from './model';
import { ICatalogue } from './tokens';

export const cataloguePlugin: JupyterFrontEndPlugin<ICatalogue> = {
  id: 'jupyterlab-deep:catalogue',
  description: 'Shows the modules of the DEEP catalogues in a side panel.',
  autoStart: true,
  provides: ICatalogue,
  requires: [IDeepService],
  optional: [
    ILabShell,
    ILayoutRestorer,
    ICommandPalette,
    ILauncher,
    IStateDB,
    ISettingRegistry,
    IToolbarWidgetRegistry,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    service: IDeepService,
    labShell: ILabShell | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    state: IStateDB | null,
    settings: ISettingRegistry | null,
    toolbars: IToolbarWidgetRegistry | null,
    translator: ITranslator | null
  ): ICatalogue => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_deep');
    const client = new CatalogueClient(service);
    const cache = new ListingCache(state);
    const favourites = new Favourites(state);
    let model: CatalogueModel | undefined;
    const loadModel = lazily(async () => {
      const { CatalogueModel } = await import('./model');
      return (model = new CatalogueModel({
        service,
        client,
        cache,
        favourites,
        trans
      }));
    });
    const { commands } = app;
    const sidebar = new Sidebar({
      id: 'jp-deep-catalogue',
      className: 'jp-DeepCatalogue',
      icon: moduleIcon,
      title: trans.__('DEEP catalogue'),
      toolbarLabel: trans.__('Catalogue actions'),
      load: async () => {
        const { CataloguePanel } = await import('./panel');
        const model = await loadModel();
        return new CataloguePanel({ model, service, commands, trans });
      },
      failed: reason =>
        trans.__('The catalogue could not be loaded: %1', String(reason)),
      retryLabel: trans.__('Retry')
    });
    addCatalogueCommands({
      app,
      client,
      favourites,
      loadModel,
      service,
      sidebar,
      trans
    });
    if (settings && toolbars) {
      const factory = createToolbarFactory(
        toolbars,
        settings,
        'DeepCatalogue',
        cataloguePlugin.id,
        translator ?? nullTranslator
      );
      setToolbar(sidebar, factory, sidebar.toolbar);
    }
    (labShell ?? app.shell).add(sidebar, 'left', { rank: 800 });
    restorer?.add(sidebar, sidebar.id);
    const category = trans.__('DEEP');
    for (const command of PALETTE) {
      palette?.addItem({ command, category });
    }
    if (launcher) {
      launcher.add({ command: CommandIDs.showCatalogue, category, rank: 0 });
      new LauncherCards({
        launcher,
        category,
        favourites,
        titleOf: id => titleOf(id, model?.modules ?? [], cache)
      });
    }
    if (settings) {
      void showAtStart(app, settings);
    }
    void favourites.restore();
    void followDeepLink(app, trans);
    return {
      list: (query, signal) => client.list(query, signal),
      get: id => client.get(id),
      favourites,
      used: id => favourites.used(id)
    };
  }
};

/** Without asking the service: a Launcher must not start it. */
async function titleOf(
  id: string,
  shown: readonly ModuleCard[],
  cache: ListingCache
): Promise<string | undefined> {
  const kept = await cache.read();
  const known = [...shown, ...(kept?.listing.modules ?? [])];
  return known.find(module => module.id === id)?.title;
}

/** Only where somebody asked for it: a panel that is shown starts the service. */
async function showAtStart(
  app: JupyterFrontEnd,
  registry: ISettingRegistry
): Promise<void> {
  try {
    const settings = await registry.load(cataloguePlugin.id);
    await app.restored;
    if (settings.composite.showAtStart === true) {
      await app.commands.execute(CommandIDs.showCatalogue);
    }
  } catch (reason) {
    console.error(
      `The settings of ${cataloguePlugin.id} could not be read.`,
      reason
    );
  }
}

const PALETTE = [
  CommandIDs.findModule,
  CommandIDs.showCatalogue,
  CommandIDs.showSources,
  CommandIDs.refreshCatalogue,
  CommandIDs.showHealth
];
