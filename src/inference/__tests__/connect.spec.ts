import type { ILabShell, JupyterFrontEnd } from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import { CommandRegistry } from '@lumino/commands';
import { fireEvent, screen, waitFor, within } from '@testing-library/dom';
import userEvent from '@testing-library/user-event';
import { connect, later, trans } from '../../__tests__/connected';
import { READY } from '../../__tests__/samples';
import { refuse, StandInServer } from '../../__tests__/standInServer';
import { Favourites } from '../../catalogue/favourites';
import type { DeepService } from '../../service/connection';
import { InferenceClient } from '../client';
import { CommandIDs } from '../commandIds';
import { addConnectCommand } from '../connectCommand';
import { ModuleTab } from '../moduleTab';
import { makeCatalogue } from './openPage';

const ROUTE = 'POST deployments/connections';

const CONNECTED = {
  ...READY,
  module: 'connected/plants',
  target: 'address',
  endpoint: 'https://gpu.example.org:5000'
};

describe('Connect to a running module…', () => {
  let server: StandInServer;
  let service: DeepService;
  let commands: CommandRegistry;
  let tabs: ModuleTab[];

  beforeEach(() => {
    server = new StandInServer({ [ROUTE]: () => CONNECTED });
    service = connect(server);
    commands = new CommandRegistry();
    tabs = [];
    const shell = {
      add: (tab: ModuleTab) => tabs.push(tab),
      activateById: () => undefined
    };
    addConnectCommand({
      app: {
        commands,
        shell,
        contextMenuHitTest: () => undefined
      } as unknown as JupyterFrontEnd,
      labShell: shell as unknown as ILabShell,
      tracker: new WidgetTracker<ModuleTab>({ namespace: 'test' }),
      catalogue: makeCatalogue(service, new Favourites(null)),
      client: new InferenceClient(service),
      browsers: null,
      currentFolder: () => '',
      trans,
      makeTab: moduleId =>
        new ModuleTab({
          moduleId,
          trans,
          load: () => Promise.reject(new Error('not shown'))
        })
    });
  });

  afterEach(async () => {
    const open = screen.queryByRole('dialog', { hidden: true });
    if (open) {
      await userEvent.click(button('Cancel'));
    }
    tabs.forEach(tab => tab.dispose());
    service.dispose();
  });

  const button = (name: string | RegExp) =>
    screen.getByRole('button', { name, hidden: true });

  /** Give the command, fill in an address and confirm it with Enter. */
  const ask = async (args = {}, address = 'gpu.example.org:5000') => {
    const done = commands.execute(CommandIDs.connectModule, args);
    const input = await screen.findByLabelText(/Address/);
    await userEvent.type(input, `${address}{Enter}`);
    return { done, input };
  };

  const sent = () =>
    server
      .requestsOf('POST', 'deployments/connections')
      .map(({ body }) => body);

  it('opens the page of what it connected to, ready to be tried', async () => {
    const { done } = await ask();
    await done;
    expect(sent()).toEqual([{ address: 'gpu.example.org:5000' }]);
    expect(tabs.map(({ moduleId, view }) => [moduleId, view])).toEqual([
      ['connected/plants', { tab: 'try' }]
    ]);
    expect(screen.queryByLabelText(/Address/)).toBeNull();
  });

  it('says which module of the catalogue it is', async () => {
    const { done } = await ask({ id: 'ai4os/plants' });
    await done;
    expect(sent()).toEqual([
      { address: 'gpu.example.org:5000', module: 'ai4os/plants' }
    ]);
  });

  it('connects again to what no catalogue has, at the address it had', async () => {
    const args = { id: 'connected/plants', address: 'https://gpu.example.org' };
    const done = commands.execute(CommandIDs.connectModule, args);
    await screen.findByLabelText(/Address/);
    await userEvent.click(button('Connect'));
    await done;
    expect(sent()).toEqual([{ address: 'https://gpu.example.org' }]);
  });

  it('asks which model, where the server has several', async () => {
    server.routes[ROUTE] = ({ body }) =>
      (body as { model?: string }).model
        ? CONNECTED
        : refuse('invalid-arguments', 422, 'It has 2 models: cats, dogs.', {
            fields: { model: ['cats', 'dogs'] }
          });
    const { done } = await ask();
    const select = await screen.findByLabelText('Model');
    screen.getByText('It has 2 models: cats, dogs.');
    expect(screen.queryByRole('alert', { hidden: true })).toBeNull();
    fireEvent.change(select, { target: { value: 'dogs' } });
    await userEvent.click(button('Connect'));
    await done;
    expect(sent()[1]).toEqual({
      address: 'gpu.example.org:5000',
      model: 'dogs'
    });
  });

  it('connects to an address that is not public only when the user means it', async () => {
    server.routes[ROUTE] = ({ body }) =>
      (body as { allowPrivate?: boolean }).allowPrivate
        ? CONNECTED
        : refuse('address-private', 422, '10.0.0.5 is not a public address.');
    const { done } = await ask({}, 'http://10.0.0.5:5000');
    const meant = await screen.findByLabelText(
      'I know 10.0.0.5:5000: connect to it'
    );
    await userEvent.click(button('Connect'));
    await waitFor(() => expect(sent()).toHaveLength(2));
    expect(sent()[1]).toEqual({ address: 'http://10.0.0.5:5000' });
    await userEvent.click(meant);
    await userEvent.click(button('Connect'));
    await done;
    expect(sent()[2]).toMatchObject({ allowPrivate: true });
  });

  it('asks anew for another address', async () => {
    server.routes[ROUTE] = () =>
      refuse('address-private', 422, 'It is not a public address.');
    const { input } = await ask({}, 'http://10.0.0.5');
    await userEvent.click(await screen.findByLabelText(/I know 10\.0\.0\.5/));
    await userEvent.type(input, '6{Enter}');
    await waitFor(() => expect(sent()).toHaveLength(2));
    expect(sent()[1]).toEqual({ address: 'http://10.0.0.56' });
    const meant =
      await screen.findByLabelText<HTMLInputElement>(/I know 10\.0\.0\.56/);
    expect(meant.checked).toBe(false);
  });

  it('stays with the reason when it fails, and tries again', async () => {
    server.routes[ROUTE] = () =>
      refuse('address-refused', 422, 'What answers is not a DEEPaaS server.', {
        hint: 'Check host, port and base path.'
      });
    const { done } = await ask();
    const alert = await screen.findByRole('alert', { hidden: true });
    within(alert).getByText('What answers is not a DEEPaaS server.');
    within(alert).getByText('Check host, port and base path.');
    server.routes[ROUTE] = () => CONNECTED;
    await userEvent.click(button('Connect'));
    await done;
    expect(tabs).toHaveLength(1);
  });

  it('gives up while the server is asked', async () => {
    const reply = later<object>();
    server.routes[ROUTE] = () => reply.promise;
    const { done } = await ask();
    await screen.findByText(/Asking gpu\.example\.org:5000/);
    await userEvent.click(button('Cancel'));
    await done;
    reply.give(CONNECTED);
    await new Promise(resolve => setTimeout(resolve, 10));
    expect(tabs).toEqual([]);
  });
});
