import type { CatalogueListing, Module } from '@jupyterlab-deep/protocol';
import { StateDB } from '@jupyterlab/statedb';
import { waitFor } from '@testing-library/dom';
import { connect, later, trans } from '../../__tests__/connected';
import { BROKEN, MODULE } from '../../__tests__/samples';
import { refuse, StandInServer } from '../../__tests__/standInServer';
import type { DeepService } from '../../service/connection';
import { ListingCache } from '../cache';
import { CatalogueClient } from '../client';
import { CatalogueModel } from '../model';

const listing = (...modules: Module[]): CatalogueListing => ({
  modules,
  total: 2,
  sources: [{ id: 'builtin', title: 'Built-in', modules: 2 }]
});

const textOf = ({ path }: { path: string }) =>
  new URLSearchParams(path.split('?')[1]).get('text') ?? '';

describe('CatalogueModel', () => {
  let server: StandInServer;
  let service: DeepService;
  let state: StateDB;

  beforeEach(() => {
    server = new StandInServer({
      'GET catalogue/modules': () => listing(MODULE, BROKEN)
    });
    service = connect(server);
    state = new StateDB();
  });

  afterEach(() => service.dispose());

  const makeModel = () =>
    new CatalogueModel({
      service,
      client: new CatalogueClient(service),
      cache: new ListingCache(state),
      trans
    });

  const titles = (model: CatalogueModel) =>
    model.modules?.map(({ title }) => title);

  it('lists the modules of the service', async () => {
    const model = makeModel();
    await model.start();
    expect(titles(model)).toEqual(['Image classifier', 'Plants']);
    expect(model.updatedAt).not.toBeNull();
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

  it('narrows by facets and counts them', async () => {
    const model = makeModel();
    await model.start();
    expect(model.count('here')).toBe(1);
    model.toggleFacet('trainable');
    expect(titles(model)).toEqual(['Plants']);
    model.toggleFacet('here');
    expect(titles(model)).toEqual([]);
    model.clear();
    expect(titles(model)).toHaveLength(2);
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
