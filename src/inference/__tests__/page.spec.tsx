import type { Deployment } from '@jupyterlab-deep/protocol';
import { MimeData } from '@lumino/coreutils';
import { fireEvent, screen, waitFor, within } from '@testing-library/dom';
import userEvent from '@testing-library/user-event';
import { ANSWER, API, DONE, MODULE, READY, RUN } from '../../__tests__/samples';
import { refuse, StandInServer } from '../../__tests__/standInServer';
import type { ModuleModel } from '../model';
import { IOpenPage, openPage } from './openPage';

/** A drag of Lab's file browser, as Lumino sends it. */
function labDrag(type: string, paths: string[]): Event {
  const mimeData = new MimeData();
  mimeData.setData('application/x-jupyter-icontents', paths);
  const event = new Event(type, { bubbles: true, cancelable: true });
  return Object.assign(event, {
    mimeData,
    proposedAction: 'move',
    dropAction: 'none'
  });
}

describe('ModulePage', () => {
  let server: StandInServer;
  let opened: IOpenPage;
  let model: ModuleModel;

  beforeAll(() => {
    // jsdom has no object URLs.
    URL.createObjectURL = () => 'blob:picture';
    URL.revokeObjectURL = () => undefined;
  });

  beforeEach(() => {
    server = new StandInServer({
      'GET catalogue/modules/builtin/image-classifier': () => MODULE,
      'GET catalogue/modules/builtin/image-classifier/examples/cat/image': () =>
        new Response('picture'),
      'GET deployments': () => ({ deployments: [] }),
      'POST deployments': () => READY,
      'GET deployments/d1/api': () => API,
      'POST inference/predictions': () => RUN,
      'GET inference/inputs/r1/image': () => new Response('picture'),
      'GET runs/r1/result': () => ANSWER,
      'POST inference/notebook': ({ body }) => ({
        filename: 'x.ipynb',
        notebook: {
          cells: [{ cell_type: 'code', source: JSON.stringify(body) }]
        }
      })
    });
    opened = openPage(server, MODULE);
    ({ model } = opened);
  });

  afterEach(() => {
    opened.dispose();
  });

  const openTry = async () => {
    await userEvent.click(await screen.findByRole('tab', { name: 'Try' }));
    return screen.findByRole('button', { name: 'Predict' });
  };

  const dropZone = () => screen.findByRole('group', { name: 'Image' });

  it('does not start the module before it is to be tried', async () => {
    await screen.findByRole('heading', { name: 'Image classifier', level: 1 });
    expect(server.requestsOf('POST', 'deployments')).toEqual([]);
    await openTry();
    expect(server.requestsOf('POST', 'deployments')).toHaveLength(1);
  });

  it('gives a result for the example by one click', async () => {
    await userEvent.click(await openTry());
    await screen.findByRole('button', { name: 'Stop' });
    server.publish({ event: 'run', data: DONE });
    const row = await screen.findByRole('row', { name: /Egyptian Mau/ });
    expect(within(row).getByText('69%')).toBeTruthy();
    await screen.findByRole('button', { name: 'Predict' });
    await userEvent.click(screen.getByRole('tab', { name: 'JSON' }));
    expect(screen.getByLabelText('Answer').textContent).toContain('"status"');
  });

  it('takes a file dragged from Lab’s file browser', async () => {
    await openTry();
    const zone = await dropZone();
    const over = labDrag('lm-dragover', ['photos/dog.jpg']);
    fireEvent(zone, over);
    expect((over as unknown as { dropAction: string }).dropAction).toBe('move');
    fireEvent(zone, labDrag('lm-drop', ['photos/dog.jpg']));
    await within(zone).findByText('dog.jpg');
    expect(model.trial.files.get('image')).toMatchObject({
      kind: 'jupyter',
      path: 'photos/dog.jpg'
    });
  });

  it('refuses a folder and more than one file, and keeps what was there', async () => {
    await openTry();
    const zone = await dropZone();
    fireEvent(zone, labDrag('lm-drop', ['photos']));
    await within(zone).findByText(/“photos” is a folder/);
    fireEvent(zone, labDrag('lm-drop', ['a.jpg', 'b.jpg']));
    await within(zone).findByText(/one at a time/);
    expect(model.trial.files.get('image')!.kind).toBe('example');
  });

  it('takes a file of the computer', async () => {
    await openTry();
    const zone = await dropZone();
    const input = within(zone).getByLabelText('File of this computer');
    const file = new File(['bytes'], 'bird.png', { type: 'image/png' });
    fireEvent.change(input, { target: { files: [file] } });
    await within(zone).findByText('bird.png');
    expect(model.trial.files.get('image')!.kind).toBe('browser');
  });

  it('says at the field what is missing', async () => {
    await openTry();
    const zone = await dropZone();
    await userEvent.click(
      within(zone).getByRole('button', { name: 'Remove cat.jpg' })
    );
    await userEvent.click(screen.getByRole('button', { name: 'Predict' }));
    await screen.findByText('Choose a file.');
    expect(server.requestsOf('POST', 'inference/predictions')).toEqual([]);
  });

  it('says what the module answered when it failed, with details', async () => {
    await userEvent.click(await openTry());
    await screen.findByRole('button', { name: 'Stop' });
    const error = {
      type: 'urn:jupyterlab-deep:invalid-picture',
      title: 'This is not a picture that can be read',
      status: 422,
      detail: 'The file is empty.',
      hint: 'Choose a JPEG or PNG.',
      technical: 'libvips: bad header'
    };
    server.publish({ event: 'run', data: { ...RUN, state: 'failed', error } });
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('The file is empty.');
    expect(alert.textContent).toContain('Choose a JPEG or PNG.');
    expect(alert.textContent).toContain('libvips: bad header');
    within(alert).getByRole('button', { name: 'Predict again' });
  });

  it('shows the code for what is in the form', async () => {
    await openTry();
    fireEvent(await dropZone(), labDrag('lm-drop', ['photos/dog.jpg']));
    await userEvent.click(screen.getByRole('tab', { name: 'As code' }));
    await waitFor(() =>
      expect(screen.getByLabelText('Code').textContent).toContain(
        '"image": "photos/dog.jpg"'
      )
    );
  });

  it('says that the service is away, keeps the form, and goes on', async () => {
    await openTry();
    fireEvent(await dropZone(), labDrag('lm-drop', ['photos/dog.jpg']));
    await screen.findByText('dog.jpg');
    server.routes['GET health'] = () =>
      refuse('service-unavailable', 503, 'It was killed.');
    server.closeStreams();
    await screen.findByText(/It was killed\./);
    screen.getByText('dog.jpg');
    server.routes['GET health'] = new StandInServer().routes['GET health'];
    await waitFor(() => expect(screen.queryByText(/It was killed/)).toBeNull());
    await userEvent.click(screen.getByRole('button', { name: 'Predict' }));
    await screen.findByRole('button', { name: 'Stop' });
  });

  it('goes through its tabs by the arrow keys', async () => {
    const about = await screen.findByRole('tab', { name: 'About' });
    about.focus();
    await userEvent.keyboard('{ArrowRight}');
    expect(document.activeElement).toBe(
      screen.getByRole('tab', { name: 'Try' })
    );
    expect(model.tab).toBe('try');
  });

  describe('of a module that runs elsewhere', () => {
    const ELSEWHERE: Deployment = {
      ...READY,
      target: 'address',
      endpoint: 'https://gpu.example.org:5000'
    };
    const GONE: Deployment = {
      ...ELSEWHERE,
      state: 'stopped',
      since: '2026-01-01T12:00:00.000Z'
    };

    beforeEach(() => {
      server.routes['GET deployments'] = () => ({ deployments: [ELSEWHERE] });
      server.routes['POST deployments'] = () => ELSEWHERE;
    });

    it('names the host that the data goes to', async () => {
      await openTry();
      screen.getByText('Connected to gpu.example.org:5000.');
      screen.getByText('Your data goes to gpu.example.org:5000.');
      expect(screen.queryByText(/stays on this machine/)).toBeNull();
    });

    it('can be tried though nothing here could run it', async () => {
      opened.dispose();
      server = new StandInServer({
        'GET catalogue/modules/builtin/image-classifier': () => ({
          ...MODULE,
          runtime: 'container',
          fit: { state: 'image', lacks: [] }
        }),
        'GET deployments': () => ({ deployments: [ELSEWHERE] }),
        'GET deployments/d1/api': () => API
      });
      opened = openPage(server, MODULE);
      await openTry();
      const { disabled } = screen.getByRole<HTMLButtonElement>('button', {
        name: 'Open as notebook'
      });
      expect(disabled).toBe(false);
      expect(server.requestsOf('POST', 'deployments')).toEqual([]);
    });

    it('disconnects, and offers to connect to the same address again', async () => {
      server.routes['DELETE deployments/d1'] = () => GONE;
      await openTry();
      await userEvent.click(screen.getByRole('button', { name: 'Disconnect' }));
      await screen.findByText(/Disconnected from gpu\.example\.org:5000/);
      screen.getByText(/Your data goes nowhere/);
      await userEvent.click(
        screen.getByRole('button', { name: /Connect to a running module/ })
      );
      expect(opened.connectCalls).toEqual([
        { id: MODULE.id, address: 'https://gpu.example.org:5000' }
      ]);
    });

    it('says why its server does not answer, and asks again', async () => {
      await openTry();
      const lost: Deployment = {
        ...ELSEWHERE,
        state: 'unreachable',
        error: 'The connection was refused.',
        since: '2026-01-01T12:00:00.000Z'
      };
      server.publish({ event: 'deployment', data: lost });
      await screen.findByText(
        'Connected to gpu.example.org:5000, which does not answer: The connection was refused.'
      );
      server.routes['POST deployments'] = () => ({
        ...ELSEWHERE,
        since: '2026-01-01T13:00:00.000Z'
      });
      await userEvent.click(screen.getByRole('button', { name: 'Ask again' }));
      await screen.findByText('Connected to gpu.example.org:5000.');
    });

    it('is not started when the catalogue tells of it again', async () => {
      server.routes['DELETE deployments/d1'] = () => GONE;
      await openTry();
      await userEvent.click(screen.getByRole('button', { name: 'Disconnect' }));
      await screen.findByText(/Disconnected/);
      const before = server.requestsOf('POST', 'deployments').length;
      const route = 'catalogue/modules/builtin/image-classifier';
      const asked = server.requestsOf('GET', route).length;
      server.publish({ event: 'catalogue', data: { source: 'builtin' } });
      await waitFor(() =>
        expect(server.requestsOf('GET', route).length).toBeGreaterThan(asked)
      );
      screen.getByText(/Disconnected/);
      expect(server.requestsOf('POST', 'deployments')).toHaveLength(before);
    });
  });

  it('keeps the page of a module that only its connection knew', async () => {
    opened.dispose();
    const id = 'connected/plants';
    const module = {
      ...MODULE,
      id,
      source: 'connected',
      examples: [],
      origins: [{ source: 'connected', id, title: 'Connected' }],
      fit: { state: 'running', lacks: [] }
    };
    server = new StandInServer({
      [`GET catalogue/modules/${id}`]: () => module
    });
    opened = openPage(server, { id });
    await screen.findByRole('heading', { name: MODULE.title, level: 1 });
    opened.service.open();
    await waitFor(() => expect(server.openStreams).toBeGreaterThan(0));
    server.routes[`GET catalogue/modules/${id}`] = () =>
      refuse('not-found', 404, 'It is not connected.');
    server.publish({ event: 'catalogue', data: { source: 'connected' } });
    await screen.findByText('It runs elsewhere, and is not connected now.');
    screen.getByRole('heading', { name: MODULE.title, level: 1 });
    expect(screen.queryByRole('alert')).toBeNull();
  });
});
