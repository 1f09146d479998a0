import { CommandRegistry } from '@lumino/commands';
import { Widget } from '@lumino/widgets';
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { connect, trans } from '../../__tests__/connected';
import { StandInContents } from '../../__tests__/standInContents';
import type { StandInServer } from '../../__tests__/standInServer';
import { Favourites } from '../../catalogue/favourites';
import { makeCatalogue } from '../../inference/__tests__/openPage';
import type { DeepService } from '../../service/connection';
import { Sidebar } from '../../shared/sidebar';
import { deploymentIcon } from '../../shared/icons';
import { OtherCommandIDs } from '../commandIds';
import { addDeploymentCommands } from '../commands';
import { createDeployments, IDeployments } from '../createDeployments';

/** The capability on the document, with its commands, and what stands behind it. */
export interface IOpenPanel extends IDeployments {
  service: DeepService;
  contents: StandInContents;
  commands: CommandRegistry;
  /** Commands of other capabilities, in the order of their calls. */
  calls: Array<[string, unknown]>;
  openedLogs: string[];
  dispose(): void;
}

export function openPanel(
  server: StandInServer,
  others: string[] = Object.values(OtherCommandIDs)
): IOpenPanel {
  const service = connect(server);
  const contents = new StandInContents({ 'work/': null });
  const commands = new CommandRegistry();
  const calls: Array<[string, unknown]> = [];
  const openedLogs: string[] = [];
  for (const id of others) {
    commands.addCommand(id, {
      execute: args => void calls.push([id, { ...args }])
    });
  }
  const app = {
    commands,
    serviceManager: { contents: contents.manager },
    shell: {
      activateById: (id: string) => void calls.push(['activate', id])
    },
    contextMenuHitTest: () => undefined
  } as unknown as JupyterFrontEnd;
  const deployments = createDeployments({
    app,
    service,
    catalogue: makeCatalogue(service, new Favourites(null)),
    currentFolder: () => 'work',
    trans
  });
  const sidebar = new Sidebar({
    id: 'jp-deep-deployments',
    className: 'jp-DeepDeployments',
    icon: deploymentIcon,
    title: 'Deployments',
    toolbarLabel: 'Deployment actions',
    load: async () => deployments.view,
    failed: String,
    retryLabel: 'Retry'
  });
  addDeploymentCommands({
    app,
    sidebar,
    load: async () => deployments,
    loaded: () => deployments,
    openLog: id => void openedLogs.push(id),
    trans
  });
  Widget.attach(sidebar, document.body);
  service.open();
  const dispose = (): void => {
    sidebar.dispose();
    deployments.model.dispose();
    service.dispose();
  };
  return {
    ...deployments,
    service,
    contents,
    commands,
    calls,
    openedLogs,
    dispose
  };
}
