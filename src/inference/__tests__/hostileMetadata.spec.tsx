import type { ModuleDetail } from '@jupyterlab-deep/protocol';
import { screen } from '@testing-library/dom';
import userEvent from '@testing-library/user-event';
import { MODULE } from '../../__tests__/samples';
import { StandInServer } from '../../__tests__/standInServer';
import { IOpenPage, openPage } from './openPage';

const ATTACK =
  '<img src=x onerror="window.isHacked=true"><script>window.isHacked=true</script>' +
  '<a href="javascript:window.isHacked=true">x</a><iframe src="javascript:parent.isHacked=true"></iframe>' +
  '<form action="/hub/logout"><button>x</button></form><style>* { display: none }</style>';

/** Everything that an author writes is an attack. */
const ATTACKER: ModuleDetail = {
  ...MODULE,
  title: ATTACK,
  summary: ATTACK,
  description: ATTACK,
  version: ATTACK,
  licence: ATTACK,
  tasks: [ATTACK],
  libraries: [ATTACK],
  dataTypes: [ATTACK],
  tags: [ATTACK],
  input: ATTACK,
  output: ATTACK,
  image: ATTACK,
  createdAt: ATTACK,
  updatedAt: ATTACK,
  metadataVersion: ATTACK,
  doi: `"><script>window.isHacked=true</script>`,
  citation: ATTACK,
  links: {
    [ATTACK]: 'https://example.org/a',
    constructor: 'https://example.org/b',
    '': 'https://example.org/c',
    script: 'javascript:window.isHacked=true',
    blanks: ' javascript:window.isHacked=true',
    data: 'data:text/html,<script>parent.isHacked=true</script>',
    path: '/hub/logout',
    nothing: ''
  },
  problems: [{ key: ATTACK, message: ATTACK, line: 1 }],
  origins: [
    {
      source: 'x',
      id: ATTACK,
      title: ATTACK,
      url: 'javascript:window.isHacked=true'
    }
  ],
  examples: []
};

/** Nothing but what has to be there. */
const BARE: ModuleDetail = {
  ...MODULE,
  title: MODULE.name,
  summary: '',
  description: '',
  version: '',
  licence: '',
  capabilities: [],
  tasks: [],
  libraries: [],
  dataTypes: [],
  tags: [],
  input: '',
  output: '',
  links: {},
  runtime: 'container',
  examples: [],
  fit: { state: 'image', lacks: [] }
};

describe('the page of a module whose metadata means harm or says nothing', () => {
  let opened: IOpenPage;

  const open = (module: ModuleDetail) => {
    const server = new StandInServer({
      [`GET catalogue/modules/${module.id}`]: () => module,
      'GET deployments': () => ({ deployments: [] })
    });
    opened = openPage(server, module);
    return screen.findByRole('heading', { level: 1 });
  };

  afterEach(() => opened.dispose());

  it('shows attacks as the text that they are', async () => {
    const title = await open(ATTACKER);
    expect(title.textContent).toBe(ATTACK);
    const { node } = opened.page;
    expect(
      node.querySelector('script, iframe, form, style, img, [onerror]')
    ).toBeNull();
    const targets = [...node.querySelectorAll('a')].map(({ href }) => href);
    expect(targets).toEqual([
      'https://doi.org/%22%3E%3Cscript%3Ewindow.isHacked=true%3C/script%3E',
      'https://example.org/a',
      'https://example.org/b',
      'https://example.org/c'
    ]);
    expect('isHacked' in window).toBe(false);
  });

  it('holds when there is nothing but a name', async () => {
    await open(BARE);
    screen.getByText('On this machine');
    screen.getByText('Its catalogue does not describe it.');
    screen.getByText(/Not given/);
    screen.getByText(/It is a container image/);
  });

  it('shows the beginning of long lists, and all on demand', async () => {
    const tags = Array.from({ length: 10_000 }, (_, index) => `tag ${index}`);
    const problems = tags.map(() => ({ message: 'the same' }));
    await open({ ...MODULE, tags, problems });
    screen.getByText('tag 0');
    expect(screen.queryByText('tag 9999')).toBeNull();
    screen.getByRole('heading', { name: '10,000 problems in the metadata' });
    const [more] = screen.getAllByRole('button', { name: 'Show 9,980 more' });
    await userEvent.click(more);
    screen.getByText('tag 9999');
  });
});
