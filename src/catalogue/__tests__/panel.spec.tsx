import { StateDB } from '@jupyterlab/statedb';
import { CommandRegistry } from '@lumino/commands';
import { Widget } from '@lumino/widgets';
import { fireEvent, screen, waitFor } from '@testing-library/dom';
import userEvent from '@testing-library/user-event';
import { connect, trans } from '../../__tests__/connected';
import { BROKEN, MODULE } from '../../__tests__/samples';
import { refuse, StandInServer } from '../../__tests__/standInServer';
import type { DeepService } from '../../service/connection';
import { ListingCache } from '../cache';
import { CatalogueClient } from '../client';
import { CatalogueModel } from '../model';
import { CataloguePanel } from '../panel';

describe('CataloguePanel', () => {
  let server: StandInServer;
  let service: DeepService;
  let panel: CataloguePanel;
  let opened: unknown[];

  beforeEach(() => {
    server = new StandInServer({
      'GET catalogue/modules': ({ path }) => ({
        modules: path.includes('text=plnts') ? [] : [MODULE, BROKEN],
        total: 2,
        sources: [],
        suggestion: path.includes('text=plnts') ? 'plants' : undefined
      })
    });
    opened = [];
    service = connect(server);
    const commands = new CommandRegistry();
    commands.addCommand('deep:open-module', {
      execute: ({ id }) => opened.push(id)
    });
    const client = new CatalogueClient(service);
    const cache = new ListingCache(new StateDB());
    const model = new CatalogueModel({ service, client, cache, trans });
    panel = new CataloguePanel({ model, service, commands, trans });
    Widget.attach(panel, document.body);
  });

  afterEach(() => {
    panel.dispose();
    service.dispose();
  });

  const search = () => screen.findByRole('searchbox');

  it('shows what goes in and out, and what is wrong', async () => {
    const [good, bad] = await screen.findAllByRole('option');
    expect(good.textContent).toContain('image → 1,000 labels · ONNX');
    expect(good.textContent).toContain('runs here');
    expect(bad.textContent).toContain('broken: config.json is missing');
  });

  it('opens a module by click', async () => {
    fireEvent.click(await screen.findByText('Image classifier'));
    expect(opened).toEqual([MODULE.id]);
  });

  it('goes from the search to the list and back by keys, and opens by Enter', async () => {
    await screen.findAllByRole('option');
    const box = await search();
    box.focus();
    await userEvent.keyboard('{ArrowDown}{ArrowDown}{Enter}');
    expect(opened).toEqual([BROKEN.id]);
    await userEvent.keyboard('{ArrowUp}{ArrowUp}');
    expect(document.activeElement).toBe(box);
  });

  it('takes a letter typed in the list into the search', async () => {
    const [first] = await screen.findAllByRole('option');
    first.focus();
    await userEvent.keyboard('x');
    expect(document.activeElement).toBe(await search());
  });

  it('offers a better word and the way back when nothing matches', async () => {
    await screen.findAllByRole('option');
    await userEvent.type(await search(), 'plnts');
    await screen.findByText('No module matches “plnts”.');
    await userEvent.click(screen.getByText('Did you mean “plants”?'));
    expect(await screen.findAllByRole('option')).toHaveLength(2);
    expect(await search()).toHaveProperty('value', 'plants');
  });

  it('clears the search by Escape', async () => {
    await userEvent.type(await search(), 'cat{Escape}');
    expect(await search()).toHaveProperty('value', '');
  });

  it('shows the health of the service', async () => {
    await screen.findByText(/Service 0\.1\.0/);
  });

  it('says why the service is away and offers to try again', async () => {
    await screen.findAllByRole('option');
    server.routes['GET health'] = () =>
      refuse('service-unavailable', 503, 'Node ended with code 1.');
    server.closeStreams();
    await screen.findByText(/Offline since/);
    screen.getByText(/Node ended with code 1\./);
    server.routes['GET health'] = new StandInServer().routes['GET health'];
    await userEvent.click(screen.getByRole('button', { name: 'Retry' }));
    await waitFor(() => expect(screen.queryByText(/Offline since/)).toBeNull());
    expect(screen.getAllByRole('option')).toHaveLength(2);
  });
});
