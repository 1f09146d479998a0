import type { ModuleDetail } from '@jupyterlab-deep/protocol';
import { fireEvent, screen, waitFor } from '@testing-library/dom';
import { BROKEN, MODULE } from '../../__tests__/samples';
import { StandInServer } from '../../__tests__/standInServer';
import { IOpenPage, openPage } from '../../inference/__tests__/openPage';
import { CommandIDs } from '../commandIds';
import { ENGINE, HERE } from './samples';

const IMAGE: ModuleDetail = {
  ...MODULE,
  runtime: 'container',
  fit: { state: 'image', lacks: [] }
};

describe('Deploy on the page of a module', () => {
  let server: StandInServer;
  let opened: IOpenPage;
  let calls: unknown[];

  beforeEach(() => {
    calls = [];
    server = new StandInServer({
      'GET deployments': () => ({ deployments: [] }),
      'GET deployments/targets': () => ({ targets: [HERE] })
    });
  });

  afterEach(() => opened.dispose());

  function open(module: ModuleDetail): void {
    server.routes[`GET catalogue/modules/${module.id}`] = () => module;
    opened = openPage(server, module);
    const { commands } = opened.page.page;
    for (const id of [CommandIDs.deployModule, CommandIDs.showDeployments]) {
      commands.addCommand(id, {
        execute: args => void calls.push({ id, ...args })
      });
    }
  }

  const deploy = async () =>
    (await screen.findByRole('button', {
      name: 'Deploy'
    })) as HTMLButtonElement;

  it('opens the dialog for this module', async () => {
    open(MODULE);
    fireEvent.click(await deploy());
    expect(calls).toEqual([{ id: MODULE.id }]);
  });

  it('says as text why a broken module cannot be deployed', async () => {
    open(BROKEN);
    expect((await deploy()).disabled).toBe(true);
    await screen.findByText(
      /^Deploy — It is broken: .*config\.json is missing/
    );
  });

  it('says that no place can run an image, and leads to the places', async () => {
    open(IMAGE);
    await screen.findByText(/No other place to run it is configured\./);
    const button = await deploy();
    expect(button.disabled).toBe(true);
    const why = document.getElementById(
      button.getAttribute('aria-describedby')!
    );
    expect(why?.textContent).toMatch(/^Deploy — It is a container image/);
    fireEvent.click(screen.getByRole('button', { name: 'Show the places…' }));
    expect(calls).toEqual([{ id: CommandIDs.showDeployments }]);
  });

  it('lets the place say the rest where there is another one', async () => {
    server.routes['GET deployments/targets'] = () => ({
      targets: [HERE, ENGINE]
    });
    open(IMAGE);
    await waitFor(() =>
      expect(
        server.requestsOf('GET', 'deployments/targets').length
      ).toBeGreaterThan(0)
    );
    expect((await deploy()).disabled).toBe(false);
  });
});
