import type { ModuleDetail } from '@jupyterlab-deep/protocol';
import { Clipboard } from '@jupyterlab/apputils';
import { screen, within } from '@testing-library/dom';
import userEvent from '@testing-library/user-event';
import { BROKEN, MODULE } from '../../__tests__/samples';
import { refuse, StandInServer } from '../../__tests__/standInServer';
import { IOpenPage, openPage } from './openPage';

const PLANTS: ModuleDetail = {
  ...MODULE,
  id: 'ai4eosc/plants',
  source: 'ai4eosc',
  name: 'plants',
  title: 'Plants species classifier',
  description: 'It names **plants**.',
  output: '10,000 species',
  version: 'v2.1.0',
  libraries: ['TensorFlow'],
  runtime: 'container',
  image: 'docker.io/ai4oshub/plants',
  metadataVersion: '2.3.0',
  createdAt: '2019-01-02',
  updatedAt: '2025-03-04',
  citation: '@misc{plants, title={Plants}}',
  doi: '10.1000/plants',
  resources: { cpu: 2, memoryMb: 4000, gpu: 1 },
  links: {
    source_code: 'https://github.com/example/plants',
    cicd_url: 'javascript:alert(1)'
  },
  examples: [],
  problems: [
    { key: 'tasks', message: '“naming” is not a known task', line: 12 }
  ],
  origins: [
    {
      source: 'ai4eosc',
      id: 'ai4eosc/plants',
      title: 'AI4EOSC',
      url: 'https://raw.example.org/plants/ai4-metadata.yml?ref=main'
    },
    { source: 'deep', id: 'deep/deep-oc-plants', title: 'DEEP' }
  ],
  fit: { state: 'lacking', lacks: [{ what: 'gpu', needed: 1, present: 0 }] }
};

describe('the page of a module', () => {
  let server: StandInServer;
  let opened: IOpenPage;

  const open = (module: ModuleDetail) => {
    server = new StandInServer({
      [`GET catalogue/modules/${module.id}`]: () => module,
      'GET deployments': () => ({ deployments: [] })
    });
    opened = openPage(server, module);
    return screen.findByRole('heading', { level: 1 });
  };

  /** The part of *About* below a heading. */
  const part = (name: string | RegExp) =>
    within(
      screen
        .getByRole('heading', { name, level: 2 })
        .closest('section') as HTMLElement
    );

  afterEach(() => opened.dispose());

  it('says the facts in a line, with all origins', async () => {
    await open(PLANTS);
    screen.getByText(
      'image → 10,000 species · TensorFlow · Apache-2.0 · v2.1.0 · AI4EOSC, DEEP'
    );
  });

  it('keeps a favourite, and that it was used', async () => {
    await open(PLANTS);
    expect(opened.favourites.recent).toEqual([PLANTS.id]);
    const star = screen.getByRole('button', { name: /Favourite/ });
    expect(star.getAttribute('aria-pressed')).toBe('false');
    await userEvent.click(star);
    expect(star.getAttribute('aria-pressed')).toBe('true');
    expect(opened.favourites.has(PLANTS.id)).toBe(true);
  });

  it('offers what runs here', async () => {
    await open(MODULE);
    for (const name of ['Try', 'Open as notebook']) {
      expect(
        screen.getByRole<HTMLButtonElement>('button', { name }).disabled
      ).toBe(false);
    }
    expect(
      screen.queryByRole('button', { name: /Connect to a running module/ })
    ).toBeNull();
  });

  it.each<[string, ModuleDetail, RegExp]>([
    ['this machine lacks something', PLANTS, /1 GPU \(here: none\)/],
    [
      'its GPU and its disk are too small',
      {
        ...PLANTS,
        fit: {
          state: 'lacking',
          lacks: [
            { what: 'gpuMemory', needed: 16_000, present: 8590 },
            { what: 'disk', needed: 50_000, present: 12_000 }
          ]
        }
      },
      /16 GB of GPU memory \(here: 8\.6 GB\), 50 GB on disk \(free here: 12 GB\)/
    ],
    [
      'it is an image',
      { ...PLANTS, fit: { state: 'image', lacks: [] } },
      /It is a container image: deploy it where an engine or a cloud can run it\./
    ],
    [
      'it is Python code',
      { ...PLANTS, runtime: 'python', fit: { state: 'image', lacks: [] } },
      /It is Python code: this machine cannot make an environment/
    ],
    ['it is broken', BROKEN, /It is broken: config\.json is missing/]
  ])('says why nothing can be done: %s', async (_, module, reason) => {
    await open(module);
    for (const name of ['Try', 'Open as notebook']) {
      const button = screen.getByRole<HTMLButtonElement>('button', { name });
      expect(button.disabled).toBe(true);
      const said = button.getAttribute('aria-describedby')!;
      expect(document.getElementById(said)!.textContent).toMatch(reason);
    }
    await userEvent.click(
      screen.getByRole('button', { name: 'Connect to a running module…' })
    );
    expect(opened.connectCalls).toEqual([{ id: module.id }]);
  });

  it('says in which file and line a broken module is broken', async () => {
    await open({
      ...PLANTS,
      broken: true,
      fit: { state: 'broken', lacks: [] }
    });
    screen.getByText(
      'It is broken: ai4-metadata.yml, line 12: “naming” is not a known task'
    );
  });

  it('names a file once when the message names it already', async () => {
    const message = 'ai4-metadata.yml: nested too deeply';
    await open({
      ...PLANTS,
      problems: [{ message, line: 3 }],
      broken: true,
      fit: { state: 'broken', lacks: [] }
    });
    screen.getByText(`It is broken: line 3: ${message}`);
  });

  it('compares what it needs with what this machine has', async () => {
    await open(PLANTS);
    const resources = part('Resources');
    resources.getByText('2 CPUs, 4 GB, 1 GPU');
    opened.service.open();
    const verdict = await resources.findByText(/not enough/);
    expect(verdict.textContent).toContain('✗');
    expect(verdict.textContent).toContain('1 GPU (here: none)');
  });

  it('says what being trained needs, and what of it is not here', async () => {
    await open({
      ...MODULE,
      trainingResources: { gpu: 1, gpuMemoryMb: 16_000 },
      fit: {
        ...MODULE.fit,
        trainingLacks: [{ what: 'gpuMemory', needed: 16_000, present: 8590 }]
      }
    });
    const resources = part('Resources');
    const verdict = resources.getByText(/not enough here/);
    expect(verdict.textContent).toBe(
      '1 GPU, 16 GB on the GPU ✗ not enough here: it needs 16 GB of GPU memory (here: 8.6 GB)'
    );
  });

  it('says that this machine has enough', async () => {
    await open({
      ...MODULE,
      resources: { cpu: 2, memoryMb: 4000 }
    });
    opened.service.open();
    const verdict = await part('Resources').findByText(/this machine has/);
    expect(verdict.textContent).toBe(
      '✓ enough: this machine has 2 CPUs, 4 GB, no GPU'
    );
  });

  it('shows versions and image, and copies the image', async () => {
    const copy = jest.spyOn(Clipboard, 'copyToSystem').mockReturnValue();
    await open(PLANTS);
    const versions = part('Versions and images');
    versions.getByText('2.3.0');
    versions.getByText(/2019/);
    versions.getByText(/2025/);
    await userEvent.click(versions.getByRole('button', { name: 'Copy image' }));
    expect(copy).toHaveBeenCalledWith('docker.io/ai4oshub/plants');
    await versions.findByText('Copied.');
  });

  it('links a licence of SPDX, and has words for others and for none', async () => {
    await open(PLANTS);
    expect(
      part('Licence')
        .getByRole('link', { name: 'Apache-2.0' })
        .getAttribute('href')
    ).toBe('https://spdx.org/licenses/Apache-2.0.html');
    opened.dispose();
    await open({ ...PLANTS, licence: 'Ask us' });
    expect(part('Licence').queryByRole('link')).toBeNull();
    part('Licence').getByText('Ask us');
    opened.dispose();
    await open({ ...PLANTS, licence: '' });
    part('Licence').getByText(/Not given/);
  });

  it('copies the citation', async () => {
    const copy = jest.spyOn(Clipboard, 'copyToSystem').mockReturnValue();
    await open(PLANTS);
    const citation = part('Citation');
    expect(
      citation
        .getByRole('link', { name: '10.1000/plants' })
        .getAttribute('href')
    ).toBe('https://doi.org/10.1000/plants');
    await userEvent.click(
      citation.getByRole('button', { name: 'Copy citation' })
    );
    expect(copy).toHaveBeenCalledWith(PLANTS.citation);
  });

  it('names links in words with their host, and only those of the web', async () => {
    await open(PLANTS);
    const links = part('Links');
    const [link, ...others] = links.getAllByRole('link');
    expect(others).toEqual([]);
    expect(link.textContent).toBe('Source code');
    expect(link.getAttribute('rel')).toBe('noopener noreferrer');
    links.getByText('github.com');
  });

  it('shows every origin with its name there and its file', async () => {
    await open(PLANTS);
    const origin = part('Origin');
    origin.getByText('ai4eosc/plants');
    origin.getByText('deep/deep-oc-plants');
    expect(
      origin
        .getByRole('link', { name: 'ai4-metadata.yml' })
        .getAttribute('href')
    ).toBe('https://raw.example.org/plants/ai4-metadata.yml?ref=main');
  });

  it('lists what is wrong with the metadata: key, file, line, rule', async () => {
    await open(PLANTS);
    const problems = part('1 problem in the metadata');
    expect(problems.getByRole('listitem').textContent).toBe(
      'tasks ai4-metadata.yml, line 12: “naming” is not a known task'
    );
  });

  it('says that there is no such module, and leads to the search', async () => {
    server = new StandInServer({
      'GET catalogue/modules/ai4os/nothing': () =>
        refuse('not-found', 404, 'There is no module ai4os/nothing.')
    });
    opened = openPage(server, { id: 'ai4os/nothing' });
    await screen.findByRole('heading', {
      name: 'There is no module “ai4os/nothing”'
    });
    const find = jest.fn();
    opened.page.page.commands.addCommand('deep:find-module', {
      execute: find
    });
    await userEvent.click(
      screen.getByRole('button', { name: 'Search the catalogue' })
    );
    expect(find).toHaveBeenCalled();
    expect(opened.favourites.recent).toEqual([]);
  });

  it.each(['nothing', 'a/..', 'a/b/c', '../health', 'a/b?limit=1', ''])(
    'asks nobody for “%s”, which cannot be a module',
    async id => {
      server = new StandInServer();
      opened = openPage(server, { id });
      await screen.findByRole('heading', { name: /There is no module/ });
      expect(server.seen.filter(({ path }) => path !== 'health')).toEqual([]);
    }
  );

  it('comes as soon as a source that was being read has it', async () => {
    server = new StandInServer({
      [`GET catalogue/modules/${PLANTS.id}`]: () =>
        refuse('not-found', 404, 'There is no such module.'),
      'GET deployments': () => ({ deployments: [] })
    });
    opened = openPage(server, PLANTS);
    await screen.findByRole('heading', { name: /There is no module/ });
    opened.service.open();
    server.routes[`GET catalogue/modules/${PLANTS.id}`] = () => PLANTS;
    await screen.findByRole('heading', { name: PLANTS.title });
  });
});
