import type { Deployment, Run, Target } from '@jupyterlab-deep/protocol';
import { fireEvent, screen, waitFor, within } from '@testing-library/dom';
import userEvent from '@testing-library/user-event';
import { later } from '../../__tests__/connected';
import { READY, RUN } from '../../__tests__/samples';
import { refuse, StandInServer } from '../../__tests__/standInServer';
import { CommandIDs } from '../commandIds';
import { KnownDeployments } from '../knownDeployments';
import { findDialog, openDialog } from './dialogs';
import { IOpenPanel, openPanel } from './openPanel';
import { at, CLOUD, ENGINE, FAILED, HERE, PULLING } from './samples';

const NO_RUNS = { runs: [] as Run[] };

describe('DeploymentsPanel', () => {
  let server: StandInServer;
  let opened: IOpenPanel;
  let deployments: Deployment[];
  let targets: Target[];

  beforeEach(() => {
    deployments = [READY, PULLING, FAILED];
    targets = [HERE, ENGINE, CLOUD];
    server = new StandInServer({
      'GET deployments': () => ({ deployments }),
      'GET deployments/targets': () => ({ targets }),
      'GET runs': () => NO_RUNS
    });
  });

  afterEach(() => {
    opened.dispose();
  });

  const open = (others?: string[]) => {
    opened = openPanel(server, others);
  };
  const group = (name: string) => screen.findByRole('region', { name });
  const button = (name: string | RegExp) =>
    screen.findByRole('button', { name });
  const send = (data: Deployment) =>
    server.publish({ event: 'deployment', data });
  /** As the service does: first the answer, then that it is done. */
  const removed = (deployment: Deployment) => {
    const { id } = deployment;
    void waitFor(() =>
      expect(opened.model.get(id)?.state).toBe('stopping')
    ).then(() => server.publish({ event: 'deployment-removed', data: { id } }));
    return { ...deployment, state: 'stopping', since: at(90) };
  };

  it('groups by target, each with whether it can be used and its own words', async () => {
    const until = new Date(Date.now() + 40.5 * 60_000).toISOString();
    targets = [HERE, ENGINE, { ...CLOUD, accountUntil: until }];
    open();
    const here = await group('This machine');
    expect(here.textContent).toContain('● This machine reachable · 2 of 24 GB');
    expect(within(here).getByText('Image classifier')).toBeTruthy();
    const engine = await group('Containers on gpu-host');
    expect(engine.textContent).toContain('connection refused.');
    expect(engine.textContent).toContain('Start its engine.');
    expect(within(engine).getByText('YOLO v8')).toBeTruthy();
    const cloud = await group('Cloud · AI4EOSC');
    expect(cloud.textContent).toContain('token 40 min');
    fireEvent.click(within(cloud).getByRole('button', { name: /^Sign in/ }));
    expect(opened.calls).toContainEqual(['deep:show-accounts', {}]);
  });

  it('offers no sign-in where nothing can sign in', async () => {
    open(['deep:open-module']);
    const cloud = await group('Cloud · AI4EOSC');
    expect(
      within(cloud).queryByRole('button', { name: /^Sign in/ })
    ).toBeNull();
  });

  it('shows phase, reason and facts of each, with the state in words', async () => {
    deployments = [
      { ...READY, memoryBytes: 1.2e9, lastUsedAt: new Date().toISOString() },
      PULLING,
      FAILED
    ];
    open();
    const here = await group('This machine');
    expect(here.textContent).toMatch(/● ?Image classifier ?ready/);
    expect(here.textContent).toMatch(/1\.2 GB · \d+ days? · used now/);
    const engine = await group('Containers on gpu-host');
    expect(engine.textContent).toContain('Pulling the image, 3 of 7 layers');
    const cloud = await group('Cloud · AI4EOSC');
    expect(cloud.textContent).toContain('code 137');
    expect(within(cloud).getByRole('button', { name: 'Log seeds-retrained' }));
    expect(within(cloud).getByRole('button', { name: /^Remove… seeds/ }));
  });

  it('says when there was no news for some time', async () => {
    const heardAt = jest
      .spyOn(KnownDeployments.prototype, 'heardAt')
      .mockReturnValue(Date.now() - 3.2 * 60_000);
    open();
    const engine = await group('Containers on gpu-host');
    expect(engine.textContent).toContain('no news for 3 min');
    heardAt.mockRestore();
    send({ ...PULLING, phase: 'Pulling the image, 4 of 7 layers' });
    await waitFor(() => expect(engine.textContent).not.toContain('no news'));
  });

  it('folds what has ended and has a successor', async () => {
    const ended: Deployment = {
      ...READY,
      id: 'd0',
      state: 'stopped',
      createdAt: at(-100),
      since: at(-50)
    };
    deployments = [READY, ended];
    open();
    const here = await group('This machine');
    expect(within(here).getByText('Earlier (1)')).toBeTruthy();
    expect(within(here).getAllByText('Image classifier')).toHaveLength(2);
  });

  it('stops at once where no run would be lost, and shows nothing before the service says it', async () => {
    const reply = later<object>();
    server.routes['POST deployments/d1/stop'] = () => reply.promise;
    open();
    fireEvent.click(await button('Stop Image classifier'));
    await waitFor(() =>
      expect(server.requestsOf('POST', 'deployments/d1/stop')).toHaveLength(1)
    );
    const here = await group('This machine');
    expect(here.textContent).toMatch(/Image classifier ?ready/);
    reply.give({ ...READY, state: 'stopping', since: at(30) });
    await waitFor(() =>
      expect(here.textContent).toMatch(/Image classifier ?stopping/)
    );
  });

  it('asks before it stops what a run uses', async () => {
    server.routes['GET runs'] = ({ path }) =>
      path.endsWith('running')
        ? { runs: [{ ...RUN, title: 'seeds, 10 epochs', deployment: 'd1' }] }
        : NO_RUNS;
    open();
    fireEvent.click(await button('Stop Image classifier'));
    const dialog = await findDialog();
    expect(dialog.textContent).toContain('seeds, 10 epochs');
    fireEvent.click(within(dialog).getByText('Cancel'));
    await waitFor(() => expect(openDialog()).toBeNull());
    expect(server.requestsOf('POST', 'deployments/d1/stop')).toEqual([]);
  });

  it('asks before it removes what lies elsewhere, not what has ended here', async () => {
    server.routes['DELETE deployments/d1'] = () => removed(deployments[0]);
    server.routes['DELETE deployments/d3'] = () => removed(FAILED);
    deployments = [
      { ...READY, state: 'failed', error: 'It fell over.' },
      FAILED
    ];
    open();
    fireEvent.click(await button('Remove… Image classifier'));
    await waitFor(() =>
      expect(screen.queryByText('Image classifier')).toBeNull()
    );
    fireEvent.click(await button('Remove… seeds-retrained'));
    const dialog = await findDialog();
    expect(dialog.textContent).toContain('deleted');
    fireEvent.click(within(dialog).getByText('Remove'));
    await waitFor(() =>
      expect(screen.queryByText('seeds-retrained')).toBeNull()
    );
  });

  it('says in the row why an order failed', async () => {
    server.routes['POST deployments/d3/start'] = () =>
      refuse('account-needed', 424, 'EGI asks you to sign in.');
    open();
    fireEvent.click(await button('Start seeds-retrained'));
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('EGI asks you to sign in.');
    expect(alert.closest('li')!.dataset.deepDeployment).toBe('d3');
  });

  it('goes through the rows by arrow keys, and leaves buttons by Escape', async () => {
    const user = userEvent.setup();
    open();
    const first = await button('Image classifier');
    first.focus();
    await user.keyboard('{ArrowDown}');
    expect(document.activeElement?.textContent).toBe('YOLO v8');
    await user.keyboard('{End}');
    expect(document.activeElement?.textContent).toBe('seeds-retrained');
    await user.keyboard('{Home}{Tab}');
    expect(document.activeElement?.textContent).toBe('Try');
    await user.keyboard('{Escape}');
    expect(document.activeElement).toBe(first);
  });

  it('tells a change of state once, and what another Lab begins appears', async () => {
    open();
    await group('This machine');
    await waitFor(() => expect(server.openStreams).toBe(1));
    send({ ...PULLING, phase: 'Starting', state: 'starting', since: at(40) });
    send({ ...PULLING, state: 'ready', phase: '', since: at(50) });
    await screen.findByText('YOLO v8: ready.');
    send({ ...READY, id: 'd8', title: 'Plants', since: at(60) });
    const here = await group('This machine');
    await within(here).findByText('Plants');
    await screen.findByText('Plants: ready.');
  });

  it('opens page, log and menu of a deployment', async () => {
    open();
    fireEvent.click(await button('Try Image classifier'));
    fireEvent.click(await button('API Image classifier'));
    fireEvent.click(await button('Log Image classifier'));
    await waitFor(() => expect(opened.openedLogs).toEqual(['d1']));
    expect(opened.calls.map(([, args]) => args)).toEqual([
      { id: READY.module, tab: 'try' },
      { id: READY.module, tab: 'api' }
    ]);
    fireEvent.click(await button('More for Image classifier'));
    const menu = await screen.findByRole('menu');
    expect(
      within(menu)
        .getAllByRole('menuitem')
        .map(({ textContent }) => textContent)
    ).toEqual(['Check…', 'Duplicate…', 'Redeploy Elsewhere…', 'Remove…']);
    fireEvent.keyDown(menu, { key: 'Escape', keyCode: 27 });
  });

  it('links only pages of the web', async () => {
    deployments = [
      {
        ...READY,
        pages: { ide: 'https://ide.example.org/', bad: 'javascript:alert(1)' }
      }
    ];
    open();
    const link = await screen.findByRole('link', {
      name: 'Open ide of Image classifier'
    });
    expect((link as HTMLAnchorElement).href).toBe('https://ide.example.org/');
    expect(screen.getAllByRole('link')).toHaveLength(1);
  });

  it('disconnects what somebody else runs', async () => {
    deployments = [
      { ...READY, target: 'address', endpoint: 'https://gpu.example.org' }
    ];
    server.routes['DELETE deployments/d1'] = () => ({
      ...deployments[0],
      state: 'stopped',
      since: at(30)
    });
    open();
    expect(await group('Connected servers')).toBeTruthy();
    expect(screen.queryByRole('button', { name: /^Stop/ })).toBeNull();
    fireEvent.click(await button('Disconnect Image classifier'));
    await screen.findByText('Earlier (1)');
  });

  it('removes the row that has the focus by its key', async () => {
    deployments = [{ ...READY, state: 'stopped' }];
    server.routes['DELETE deployments/d1'] = () => removed(deployments[0]);
    open();
    (await button('Image classifier')).focus();
    await opened.commands.execute(CommandIDs.removeDeployment, {
      focused: true
    });
    await screen.findByText(/Nothing runs\. Trying/);
  });

  it('offers the next step where nothing runs', async () => {
    deployments = [];
    open();
    fireEvent.click(await button('Look at the catalogue'));
    expect(opened.calls).toContainEqual(['deep:show-catalogue', {}]);
    server.routes['GET catalogue/modules'] = () => ({ modules: [] });
    fireEvent.click(await button('Deploy a module…'));
    const dialog = await findDialog();
    fireEvent.click(within(dialog).getByText('Cancel'));
    await waitFor(() => expect(openDialog()).toBeNull());
  });
});
