import {
  standardRendererFactories,
  RenderMimeRegistry
} from '@jupyterlab/rendermime';
import { CommandRegistry } from '@lumino/commands';
import { MimeData } from '@lumino/coreutils';
import { Widget } from '@lumino/widgets';
import { fireEvent, screen, waitFor, within } from '@testing-library/dom';
import userEvent from '@testing-library/user-event';
import { connect, trans } from '../../__tests__/connected';
import { ANSWER, API, DONE, MODULE, READY, RUN } from '../../__tests__/samples';
import { StandInContents } from '../../__tests__/standInContents';
import { refuse, StandInServer } from '../../__tests__/standInServer';
import { CatalogueClient } from '../../catalogue/client';
import type { DeepService } from '../../service/connection';
import { InferenceClient } from '../client';
import { ModuleModel } from '../model';
import { ModulePage } from '../panel';

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
  let service: DeepService;
  let page: ModulePage;
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
    service = connect(server);
    const client = new InferenceClient(service);
    const contents = new StandInContents({
      'photos/dog.jpg': 'bytes',
      'photos/': null
    });
    model = new ModuleModel({
      module: MODULE.id,
      catalogue: new CatalogueClient(service),
      service,
      client,
      trans
    });
    page = new ModulePage({
      model,
      service,
      client,
      trans,
      commands: new CommandRegistry(),
      contents: contents.manager,
      rendermime: new RenderMimeRegistry({
        initialFactories: standardRendererFactories
      }),
      idPrefix: 'test',
      chooseFromJupyter: null,
      currentFolder: () => ''
    });
    Widget.attach(page, document.body);
  });

  afterEach(() => {
    page.dispose();
    service.dispose();
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
        '"image":"photos/dog.jpg"'
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
});
