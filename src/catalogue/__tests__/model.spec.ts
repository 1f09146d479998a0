import type { ModuleCard } from '@jupyterlab-deep/protocol';
import { StateDB } from '@jupyterlab/statedb';
import { waitFor } from '@testing-library/dom';
import { connect, later, trans } from '../../__tests__/connected';
import { BROKEN, listingOf, MODULE, SOURCE } from '../../__tests__/samples';
import { refuse, StandInServer } from '../../__tests__/standInServer';
import type { DeepService } from '../../service/connection';
import { ListingCache } from '../cache';
import { CatalogueClient } from '../client';
import { Favourites } from '../favourites';
import { CatalogueModel } from '../model';

const listing = (...modules: ModuleCard[]) => listingOf(modules);

const textOf = ({ path }: { path: string }) =>
  new URLSearchParams(path.split('?')[1]).get('text') ?? '';

describe('CatalogueModel', () => {
  let server: StandInServer;
  let service: DeepService;
  let state: StateDB;
  let favourites: Favourites;

  beforeEach(() => {
    server = new StandInServer({
      'GET catalogue/modules': () => listing(MODULE, BROKEN)
    });
    service = connect(server);
    state = new StateDB();
    favourites = new Favourites(state);
  });

  afterEach(() => service.dispose());

  const makeModel = () =>
    new CatalogueModel({
      service,
      client: new CatalogueClient(service),
      cache: new ListingCache(state),
      favourites,
      trans
    });

  const titles = (model: CatalogueModel) =>
    model.modules?.map(({ title }) => title);

  it('lists the modules of the service', async () => {
    const model = makeModel();
    await model.start();
    expect(titles(model)).toEqual(['Image classifier', 'Plants']);
    expect(model.sources).toEqual([SOURCE]);
  });

  it('shows what it remembers while it asks', async () => {
    await makeModel().start();
    const slow = later<object>();
    server.routes['GET catalogue/modules'] = () => slow.promise;
    const model = makeModel();
    const started = model.start();
    await waitFor(() => expect(titles(model)).toHaveLength(2));
    expect(model.isRefreshing).toBe(true);
    slow.give(listing(MODULE));
    await started;
    expect(titles(model)).toEqual(['Image classifier']);
  });

  it('ignores an answer that a later search has overtaken', async () => {
    const model = makeModel();
    await model.start();
    const answers: Record<string, ReturnType<typeof later<object>>> = {
      pl: later(),
      plants: later()
    };
    server.routes['GET catalogue/modules'] = request =>
      answers[textOf(request)].promise;
    model.setText('pl');
    await waitFor(() => expect(server.seen.map(textOf)).toContain('pl'));
    model.setText('plants');
    await waitFor(() => expect(server.seen.map(textOf)).toContain('plants'));
    answers.plants.give(listing(BROKEN));
    await waitFor(() => expect(titles(model)).toEqual(['Plants']));
    answers.pl.give(listing(MODULE));
    await new Promise(resolve => setTimeout(resolve, 10));
    expect(titles(model)).toEqual(['Plants']);
  });

  const lastQuery = () => {
    const asked = server.seen.filter(({ path }) =>
      path.startsWith('catalogue/modules?')
    );
    const { path } = asked[asked.length - 1];
    return new URLSearchParams(path.split('?')[1]);
  };

  it('asks for what search, facets and order say', async () => {
    const model = makeModel();
    await model.start();
    model.setText(' plants ');
    model.toggleFacet('licence', 'MIT');
    model.toggleFacet('licence', 'Apache-2.0');
    model.toggleFacet('fit', 'here');
    model.toggleFacet('fit', 'here');
    model.setSort('updated');
    await waitFor(() => expect(model.isRefreshing).toBe(false));
    const query = lastQuery();
    expect(query.get('text')).toBe('plants');
    expect(query.getAll('licence')).toEqual(['MIT', 'Apache-2.0']);
    expect(query.has('fit')).toBe(false);
    expect(query.get('sort')).toBe('updated');
    model.clear();
    await waitFor(() => expect(lastQuery().has('licence')).toBe(false));
  });

  it('finds its search again in the next visit', async () => {
    const model = makeModel();
    await model.start();
    model.setText('plants');
    model.toggleFacet('capability', 'trainable');
    await waitFor(() => expect(model.isRefreshing).toBe(false));
    const next = makeModel();
    await next.start();
    expect(next.search.text).toBe('plants');
    expect(next.isChosen('capability', 'trainable')).toBe(true);
    expect(lastQuery().get('text')).toBe('plants');
  });

  it('asks for the next cards once the end is near, and only then', async () => {
    server.routes['GET catalogue/modules'] = ({ path }) =>
      listingOf(path.includes('offset=1') ? [BROKEN] : [MODULE], {
        matching: 2
      });
    const model = makeModel();
    await model.start();
    // The stand-in greets every new reader with `reset`.
    await waitFor(() =>
      expect(server.seen.filter(({ path }) => path.includes('?'))).toHaveLength(
        2
      )
    );
    await waitFor(() => expect(model.isRefreshing).toBe(false));
    await model.more();
    expect(titles(model)).toEqual(['Image classifier', 'Plants']);
    const asked = server.seen.length;
    await model.more();
    expect(server.seen).toHaveLength(asked);
  });

  it('shows favourites and what was used lately, kept between visits', async () => {
    const model = makeModel();
    await model.start();
    favourites.toggle(BROKEN.id);
    favourites.used(MODULE.id);
    model.setView('favourites');
    await waitFor(() => expect(lastQuery().getAll('id')).toEqual([BROKEN.id]));
    model.setView('recent');
    await waitFor(() => expect(lastQuery().getAll('id')).toEqual([MODULE.id]));
    const next = new Favourites(state);
    await next.restore();
    expect(next.has(BROKEN.id)).toBe(true);
    expect(next.recent).toEqual([MODULE.id]);
  });

  it('searches what it knows while the service is away', async () => {
    const model = makeModel();
    await model.start();
    server.isDown = true;
    model.setText('botany');
    await waitFor(() => expect(titles(model)).toEqual(['Plants']));
    expect(model.error!.problem.title).toBe('Jupyter does not answer');
  });

  it('asks again when the service says that a source changed', async () => {
    const model = makeModel();
    await model.start();
    await waitFor(() => expect(server.openStreams).toBe(1));
    server.routes['GET catalogue/modules'] = () => listing(MODULE);
    server.publish({ event: 'catalogue', data: { source: 'builtin' } });
    await waitFor(() => expect(titles(model)).toEqual(['Image classifier']));
  });

  it('asks once more for a change that comes while it asks', async () => {
    const model = makeModel();
    await model.start();
    await waitFor(() => expect(server.openStreams).toBe(1));
    const slow = later<object>();
    server.routes['GET catalogue/modules'] = () => slow.promise;
    const event = { event: 'catalogue', data: { source: 'builtin' } } as const;
    const asked = () => server.requestsOf('GET', 'catalogue/modules').length;
    const before = asked();
    server.publish(event);
    await waitFor(() => expect(asked()).toBe(before + 1));
    server.routes['GET catalogue/modules'] = () => listing(MODULE);
    server.publish(event);
    await waitFor(() => expect(titles(model)).toEqual(['Image classifier']));
    slow.give(listing(MODULE, BROKEN));
  });

  it('tells why the list could not be had', async () => {
    server.routes['GET catalogue/modules'] = () =>
      refuse('internal', 500, 'The search index is broken.');
    const model = makeModel();
    await model.start();
    expect(model.error!.message).toBe('The search index is broken.');
    expect(model.modules).toBeNull();
  });

  it('does nothing with an answer that comes after it was disposed of', async () => {
    const slow = later<object>();
    server.routes['GET catalogue/modules'] = () => slow.promise;
    const model = makeModel();
    const started = model.start();
    let changes = 0;
    model.changed.connect(() => changes++);
    model.dispose();
    slow.give(listing(MODULE));
    await started;
    expect(changes).toBe(0);
    expect(model.modules).toBeNull();
  });
});
