import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  copyIcon,
  infoIcon,
  listIcon,
  refreshIcon,
  searchIcon
} from '@jupyterlab/ui-components';
import type { IDeepService } from '../service/tokens';
import { moduleIcon, starIcon } from '../shared/icons';
import { withLoaded } from '../shared/lazily';
import { moduleOfCard } from '../shared/moduleOfMenu';
import type { Sidebar } from '../shared/sidebar';
import { CommandIDs } from './commandIds';
import type { CatalogueClient } from './client';
import type { Favourites } from './favourites';
import type { CatalogueModel } from './model';

interface ICatalogueCommandsOptions {
  app: JupyterFrontEnd;
  client: CatalogueClient;
  favourites: Favourites;
  loadModel: () => Promise<CatalogueModel>;
  service: IDeepService;
  sidebar: Sidebar;
  trans: TranslationBundle;
}

const NO_ARGS = { args: { type: 'object', properties: {} } };

export function addCatalogueCommands(options: ICatalogueCommandsOptions): void {
  const { app, client, favourites, loadModel, service, sidebar, trans } =
    options;
  const { commands, shell } = app;
  commands.addCommand(CommandIDs.showCatalogue, {
    label: trans.__('DEEP Catalogue'),
    caption: trans.__('Find deep learning modules and try them'),
    icon: moduleIcon,
    describedBy: NO_ARGS,
    execute: () => shell.activateById(sidebar.id)
  });
  commands.addCommand(CommandIDs.findModule, {
    label: trans.__('DEEP: Find a Module…'),
    caption: trans.__('Search the catalogue'),
    icon: searchIcon,
    describedBy: NO_ARGS,
    // Showing the panel puts the cursor into its search box.
    execute: () => shell.activateById(sidebar.id)
  });
  commands.addCommand(CommandIDs.showSources, {
    label: args =>
      args.toolbar ? '' : trans.__('DEEP: Sources of the Catalogue…'),
    caption: trans.__('Sources of the catalogue…'),
    icon: listIcon,
    describedBy: {
      args: { type: 'object', properties: { toolbar: { type: 'boolean' } } }
    },
    execute: async () => {
      const { showSources } = await import('./sourcesDialog');
      await showSources({ client, model: await loadModel(), trans });
    }
  });
  commands.addCommand(CommandIDs.toggleFavourite, {
    label: trans.__('Favourite'),
    icon: starIcon,
    isToggleable: true,
    isToggled: args => {
      const id = (args.id as string | undefined) ?? moduleOfCard(app);
      return id !== undefined && favourites.has(id);
    },
    describedBy: {
      args: { type: 'object', properties: { id: { type: 'string' } } }
    },
    execute: args => {
      const id = (args.id as string | undefined) ?? moduleOfCard(app);
      if (id) {
        favourites.toggle(id);
      }
    }
  });
  commands.addCommand(CommandIDs.refreshCatalogue, {
    label: args =>
      args.toolbar ? '' : trans.__('DEEP: Read the Catalogues Again'),
    caption: trans.__('Read the catalogues again'),
    icon: refreshIcon,
    describedBy: {
      args: { type: 'object', properties: { toolbar: { type: 'boolean' } } }
    },
    execute: () => withLoaded(loadModel, model => model.refresh(), trans)
  });
  commands.addCommand(CommandIDs.showHealth, {
    label: args => (args.toolbar ? '' : trans.__('DEEP: Show Service Health')),
    caption: trans.__('Show service health'),
    icon: infoIcon,
    describedBy: {
      args: { type: 'object', properties: { toolbar: { type: 'boolean' } } }
    },
    execute: async () => {
      const { showHealth } = await import('./healthDialog');
      await showHealth(service, trans);
    }
  });
  commands.addCommand(CommandIDs.copyModuleId, {
    label: trans.__('Copy Module Id'),
    icon: copyIcon,
    describedBy: {
      args: { type: 'object', properties: { id: { type: 'string' } } }
    },
    execute: args => {
      const id = (args.id as string | undefined) ?? moduleOfCard(app);
      if (id) {
        Clipboard.copyToSystem(id);
      }
    }
  });
}
