import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IEditorServices } from '@jupyterlab/codeeditor';
import { DocumentRegistry } from '@jupyterlab/docregistry';
import {
  RenderMimeRegistry,
  standardRendererFactories
} from '@jupyterlab/rendermime';
import { CommandRegistry } from '@lumino/commands';
import { Widget } from '@lumino/widgets';
import { waitFor } from '@testing-library/dom';
import plugins from '..';
import { accountsPlugin } from '../accounts/plugin';
import { activityPlugin } from '../activity/plugin';
import { cataloguePlugin } from '../catalogue/plugin';
import { deploymentsPlugin } from '../deployments/plugin';
import { wizardPlugin } from '../deployments/wizardPlugin';
import { developPlugin } from '../develop/plugin';
import { environmentsPlugin } from '../environments/plugin';
import { inferencePlugin } from '../inference/plugin';
import type { ModuleTab } from '../inference/moduleTab';
import { metadataPlugin } from '../metadata/plugin';
import { servicePlugin } from '../service/plugin';
import { sharingPlugin } from '../sharing/plugin';
import { storagePlugin } from '../storage/plugin';
import { topologiesPlugin } from '../topologies/plugin';
import { API, MODULE, READY } from './samples';
import { StandInContents } from './standInContents';
import { StandInServer } from './standInServer';

const SCHEMAS = join(__dirname, '../../schema');

/** No document is opened: nothing of it is asked. */
const EDITORS = {} as IEditorServices;

/** Stands in for an application that offers none of the optional services, such as a small Notebook 7 page. */
function makeApp(server: StandInServer) {
  const contents = new StandInContents().manager;
  const added: Array<{ widget: Widget; area: string }> = [];
  const app = {
    commands: new CommandRegistry(),
    serviceManager: { serverSettings: server.settings, contents },
    contextMenuHitTest: () => undefined,
    docRegistry: new DocumentRegistry(),
    shell: {
      add: (widget: Widget, area: string) => {
        added.push({ widget, area });
        Widget.attach(widget, document.body);
      },
      activateById: () => undefined
    }
  };
  return { app: app as unknown as JupyterFrontEnd, added };
}

/** Activate all plugins with what they require, and nothing else. */
async function activateAll(app: JupyterFrontEnd): Promise<void> {
  const none = Array(10).fill(null);
  const service = await servicePlugin.activate(app, null);
  const catalogue = await cataloguePlugin.activate(app, service, ...none);
  const rendermime = new RenderMimeRegistry({
    initialFactories: standardRendererFactories
  });
  await inferencePlugin.activate(app, service, catalogue, rendermime, ...none);
  await activityPlugin.activate(app, service, null, null);
  await storagePlugin.activate(app, service, ...none);
  await deploymentsPlugin.activate(app, service, catalogue, ...none);
  await accountsPlugin.activate(app, service, null, null, null);
  await wizardPlugin.activate(app, service, catalogue, rendermime, ...none);
  await topologiesPlugin.activate(app, service, catalogue, ...none);
  await sharingPlugin.activate(app, service, null, null, null, null);
  await developPlugin.activate(app, service, catalogue, rendermime, ...none);
  await environmentsPlugin.activate(app, service, ...none);
  await metadataPlugin.activate(app, service, EDITORS, ...none);
}

describe('the plugins', () => {
  it('are named after the package and described', () => {
    for (const { id, description } of plugins) {
      expect(id).toMatch(/^jupyterlab-deep:[a-z]+$/);
      expect(description).toMatch(/\.$/);
    }
  });

  it('own every settings schema', () => {
    const ids = plugins.map(({ id }) => id);
    for (const file of readdirSync(SCHEMAS)) {
      expect(ids).toContain(`jupyterlab-deep:${file.replace('.json', '')}`);
    }
  });

  it('work without any optional service, and ask nothing at the start', async () => {
    const server = new StandInServer();
    const { app, added } = makeApp(server);
    jest.spyOn(Widget.prototype, 'isVisible', 'get').mockReturnValue(false);
    await activateAll(app);
    jest.restoreAllMocks();
    expect(added.map(({ area }) => area)).toEqual(['left', 'left', 'left']);
    expect(server.seen).toEqual([]);
  });

  it('describe the arguments of every command', async () => {
    const { app } = makeApp(new StandInServer());
    await activateAll(app);
    const ids = app.commands.listCommands();
    expect(ids.length).toBeGreaterThan(8);
    for (const id of ids) {
      expect(id).toMatch(/^deep:[a-z]+(-[a-z]+)+$/);
      const { args } = await app.commands.describedBy(id);
      expect(args).toMatchObject({ type: 'object' });
    }
  });

  it('know every command that the schemas name', async () => {
    const { app } = makeApp(new StandInServer());
    await activateAll(app);
    for (const file of readdirSync(SCHEMAS)) {
      const text = readFileSync(join(SCHEMAS, file), 'utf8');
      for (const [, id] of text.matchAll(/"command": "(deep:[^"]+)"/g)) {
        expect(app.commands.hasCommand(id)).toBe(true);
      }
    }
  });

  it('open a page once, and go to the tab that is asked for', async () => {
    const server = new StandInServer({
      'GET catalogue/modules': () => ({
        modules: [MODULE],
        total: 1,
        sources: []
      }),
      [`GET catalogue/modules/${MODULE.id}`]: () => MODULE,
      'POST deployments': () => READY,
      'GET deployments/d1/api': () => API
    });
    const { app, added } = makeApp(server);
    await activateAll(app);
    await app.commands.execute('deep:open-module', { id: MODULE.id });
    const [tab] = added
      .filter(({ area }) => area === 'main')
      .map(({ widget }) => widget as ModuleTab);
    await waitFor(() => expect(tab.page).not.toBeNull());
    await waitFor(() => expect(tab.title.label).toBe(MODULE.title));
    await app.commands.execute('deep:try-module', {
      id: MODULE.id,
      path: 'no such file.jpg'
    });
    expect(added.filter(({ area }) => area === 'main')).toHaveLength(1);
    expect(tab.page!.page.model.tab).toBe('try');
    await waitFor(() => expect(tab.page!.page.model.trial.plan).not.toBeNull());
    added.forEach(({ widget }) => widget.dispose());
  });
});
