import type { ModuleDetail } from '@jupyterlab-deep/protocol';
import {
  RenderMimeRegistry,
  standardRendererFactories
} from '@jupyterlab/rendermime';
import { CommandRegistry } from '@lumino/commands';
import { Widget } from '@lumino/widgets';
import { connect, trans } from '../../__tests__/connected';
import { StandInContents } from '../../__tests__/standInContents';
import type { StandInServer } from '../../__tests__/standInServer';
import { CatalogueClient } from '../../catalogue/client';
import { Favourites } from '../../catalogue/favourites';
import type { ICatalogue } from '../../catalogue/tokens';
import type { DeepService } from '../../service/connection';
import { InferenceClient } from '../client';
import { CommandIDs } from '../commandIds';
import { ModuleModel } from '../model';
import { ModulePage } from '../panel';
import type { RememberedForms } from '../remembered';

/** A page on the document, and what stands behind it. */
export interface IOpenPage {
  page: ModulePage;
  model: ModuleModel;
  service: DeepService;
  favourites: Favourites;

  /** Arguments of *Connect to a running module…*, as often as it was called. */
  connectCalls: unknown[];
  dispose(): void;
}

/** Open the page of a module that the server describes. */
export function openPage(
  server: StandInServer,
  { id }: Pick<ModuleDetail, 'id'>,
  remembered?: RememberedForms
): IOpenPage {
  const service = connect(server);
  const client = new InferenceClient(service);
  const favourites = new Favourites(null);
  const catalogue = makeCatalogue(service, favourites);
  const connectCalls: unknown[] = [];
  const commands = new CommandRegistry();
  commands.addCommand(CommandIDs.connectModule, {
    execute: args => void connectCalls.push(args)
  });
  const model = new ModuleModel({
    module: id,
    catalogue,
    service,
    client,
    remembered,
    trans
  });
  const page = new ModulePage({
    model,
    catalogue,
    service,
    client,
    trans,
    commands,
    contents: new StandInContents({
      'photos/dog.jpg': 'bytes',
      'photos/': null
    }).manager,
    rendermime: new RenderMimeRegistry({
      initialFactories: standardRendererFactories,
      // Stands in for a parser that lets HTML through, as Markdown does.
      markdownParser: { render: async source => source }
    }),
    idPrefix: 'test',
    chooseFromJupyter: null,
    chooseFolder: null,
    currentFolder: () => ''
  });
  Widget.attach(page, document.body);
  const dispose = () => {
    page.dispose();
    service.dispose();
  };
  return { page, model, service, favourites, connectCalls, dispose };
}

/** As the catalogue's plugin gives it. */
export function makeCatalogue(
  service: DeepService,
  favourites: Favourites
): ICatalogue {
  const client = new CatalogueClient(service);
  return {
    list: query => client.list(query),
    get: id => client.get(id),
    favourites,
    used: id => favourites.used(id)
  };
}
