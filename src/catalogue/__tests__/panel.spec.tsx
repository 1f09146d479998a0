import { StateDB } from '@jupyterlab/statedb';
import { CommandRegistry } from '@lumino/commands';
import { Widget } from '@lumino/widgets';
import { fireEvent, screen, waitFor } from '@testing-library/dom';
import userEvent from '@testing-library/user-event';
import { connect, trans } from '../../__tests__/connected';
import { BROKEN, listingOf, MODULE, SOURCE } from '../../__tests__/samples';
import { refuse, StandInServer } from '../../__tests__/standInServer';
import type { DeepService } from '../../service/connection';
import { ListingCache } from '../cache';
import { CatalogueClient } from '../client';
import { Favourites } from '../favourites';
import { CatalogueModel } from '../model';
import { CataloguePanel } from '../panel';

describe('CataloguePanel', () => {
  let server: StandInServer;
  let service: DeepService;
  let panel: CataloguePanel;
  let opened: unknown[];
  let favourites: Favourites;
  let model: CatalogueModel;

  beforeEach(() => {
    server = new StandInServer({
      'GET catalogue/modules': ({ path }) =>
        path.includes('text=plnts')
          ? listingOf([], { suggestion: 'plants' })
          : listingOf([MODULE, BROKEN])
    });
    opened = [];
    service = connect(server);
    const commands = new CommandRegistry();
    commands.addCommand('deep:open-module', {
      execute: ({ id }) => opened.push(id)
    });
    const client = new CatalogueClient(service);
    const state = new StateDB();
    const cache = new ListingCache(state);
    favourites = new Favourites(state);
    model = new CatalogueModel({ service, client, cache, favourites, trans });
    panel = new CataloguePanel({ model, service, commands, trans });
    Widget.attach(panel, document.body);
  });

  afterEach(() => {
    panel.dispose();
    service.dispose();
  });

  const search = () => screen.findByRole('searchbox');

  it('shows what goes in and out, and what is wrong', async () => {
    const [good, bad] = await screen.findAllByRole('listitem');
    expect(good.textContent).toContain('image → 1,000 labels · ONNX');
    expect(good.textContent).toContain('runs here');
    expect(bad.textContent).toContain('broken: config.json is missing');
  });

  it('opens a module by click', async () => {
    fireEvent.click(await screen.findByText('Image classifier'));
    expect(opened).toEqual([MODULE.id]);
  });

  it('goes from the search to the list and back by keys, and opens by Enter', async () => {
    await screen.findAllByRole('listitem');
    const box = await search();
    box.focus();
    await userEvent.keyboard('{ArrowDown}{ArrowDown}{Enter}');
    expect(opened).toEqual([BROKEN.id]);
    await userEvent.keyboard('{ArrowUp}{ArrowUp}');
    expect(document.activeElement).toBe(box);
  });

  it('takes a letter typed in the list into the search', async () => {
    const [first] = await screen.findAllByRole('listitem');
    first.querySelector('button')!.focus();
    await userEvent.keyboard('x');
    expect(document.activeElement).toBe(await search());
  });

  it('offers a better word and the way back when nothing matches', async () => {
    await screen.findAllByRole('listitem');
    await userEvent.type(await search(), 'plnts');
    await screen.findByText('No module matches “plnts”.');
    await userEvent.click(screen.getByText('Did you mean “plants”?'));
    expect(await screen.findAllByRole('listitem')).toHaveLength(2);
    expect(await search()).toHaveProperty('value', 'plants');
  });

  it('keeps a favourite by its star', async () => {
    const star = await screen.findByRole('button', {
      name: 'Favourite: Plants'
    });
    await userEvent.click(star);
    expect(favourites.has(BROKEN.id)).toBe(true);
    await waitFor(() => expect(star.getAttribute('aria-pressed')).toBe('true'));
    expect(opened).toEqual([]);
  });

  it('shows all facets with counts, and a chosen one as a chip', async () => {
    await screen.findAllByRole('listitem');
    await userEvent.click(screen.getByRole('button', { name: 'More' }));
    await userEvent.click(screen.getByRole('button', { name: 'Predict 2' }));
    expect(model.isChosen('capability', 'inference')).toBe(true);
    await userEvent.click(screen.getByRole('button', { name: 'Less' }));
    await userEvent.click(
      screen.getByRole('button', { name: 'Remove Predict' })
    );
    expect(model.isNarrow).toBe(false);
  });

  it('says which source cannot be reached since when, and asks it again', async () => {
    server.routes['GET catalogue/modules'] = () =>
      listingOf([MODULE], {
        sources: [
          SOURCE,
          {
            ...SOURCE,
            id: 'ai4eosc',
            title: 'AI4EOSC',
            failingSince: '2026-01-02T09:40:00.000Z',
            problem: 'no answer'
          }
        ]
      });
    const refreshed: unknown[] = [];
    server.routes['POST catalogue/refresh'] = ({ body }) => {
      refreshed.push(body);
      return {};
    };
    await model.refresh();
    expect((await screen.findByText(/offline since/)).textContent).toContain(
      'AI4EOSC'
    );
    await userEvent.click(
      screen.getByRole('button', { name: 'AI4EOSC: Retry' })
    );
    await waitFor(() =>
      expect(refreshed).toContainEqual({ source: 'ai4eosc' })
    );
  });

  it('clears the search by Escape', async () => {
    await userEvent.type(await search(), 'cat{Escape}');
    expect(await search()).toHaveProperty('value', '');
  });

  it('shows the health of the service', async () => {
    await screen.findByText(/Service 0\.1\.0/);
  });

  it('says why the service is away and offers to try again', async () => {
    await screen.findAllByRole('listitem');
    server.routes['GET health'] = () =>
      refuse('service-unavailable', 503, 'Node ended with code 1.');
    server.closeStreams();
    await screen.findByText(/Offline since/);
    screen.getByText(/Node ended with code 1\./);
    server.routes['GET health'] = new StandInServer().routes['GET health'];
    await userEvent.click(screen.getByRole('button', { name: 'Retry' }));
    await waitFor(() => expect(screen.queryByText(/Offline since/)).toBeNull());
    expect(screen.getAllByRole('listitem')).toHaveLength(2);
  });
});
