import type { Target, TargetPlan } from '@jupyterlab-deep/protocol';
import { fireEvent, screen, waitFor, within } from '@testing-library/dom';
import userEvent from '@testing-library/user-event';
import { later } from '../../../__tests__/connected';
import { refuse, StandInServer } from '../../../__tests__/standInServer';
import {
  INSPECTION,
  IOpenWizard,
  makeServer,
  openWizard,
  savedAs
} from './openWizard';

const TARGETS: Target[] = [
  {
    id: 'process',
    kind: 'process',
    title: 'This machine',
    state: 'reachable',
    said: 'It answered.',
    used: '2 of 24 GB'
  },
  {
    id: 'container:gpu',
    kind: 'container',
    title: 'GPU host',
    state: 'unreachable',
    said: 'Nothing answers at ssh://gpu.',
    hint: 'Start the engine.'
  },
  {
    id: 'papi',
    kind: 'papi',
    title: 'AI4EOSC',
    state: 'reachable',
    said: ''
  }
];

const PLANS: Record<string, TargetPlan> = {
  process: {
    target: 'process',
    module: '',
    isPossible: true,
    options: {
      type: 'object',
      properties: {
        idleMinutes: {
          type: 'integer',
          title: 'Stop after idle minutes',
          minimum: 1
        }
      }
    },
    says: ['A process is started on this machine.'],
    warnings: ['It has little memory.'],
    cost: 'nothing'
  },
  papi: {
    target: 'papi',
    module: '',
    isPossible: false,
    reason: 'It takes images only: write a Python module and build one.',
    options: {},
    says: [],
    warnings: []
  }
};

describe('The wizard of a model', () => {
  let server: StandInServer;
  let opened: IOpenWizard;

  beforeEach(() => {
    server = makeServer();
    opened = openWizard(server);
  });
  afterEach(() => opened.dispose());

  const button = (name: string | RegExp) =>
    screen.findByRole('button', { name });
  const press = async (name: string | RegExp) =>
    userEvent.click(await button(name));
  const heading = (name: string) =>
    screen.findByRole('heading', { level: 1, name });
  const sent = (path: string) =>
    server.requestsOf('POST', path).map(({ body }) => body);

  async function toSettings(): Promise<void> {
    await opened.model.open('work/leaves.onnx');
    await press('Next');
    await heading('Labels and preparation');
  }

  async function toTrial(labels = 'oak\nbeech\nmaple'): Promise<void> {
    await toSettings();
    const field = await screen.findByLabelText('Names of its classes *');
    await userEvent.clear(field);
    await userEvent.type(field, labels);
    await press('Next');
    await heading('Try it here');
  }

  async function toWhere(): Promise<void> {
    await toTrial();
    await press('Next');
    await heading('Where');
  }

  it('explains how to come to a model when there is none', async () => {
    expect((await button('Next')).hasAttribute('disabled')).toBe(true);
    expect(
      (await screen.findAllByText(/torch.onnx.export/)).length
    ).toBeGreaterThan(0);
    expect(screen.getByText(/options=\{"zipmap": False\}/)).toBeTruthy();
  });

  it('shows what was found, and tells guesses from what is certain', async () => {
    await opened.model.open('work/leaves.onnx');
    expect(sent('models/inspections')).toEqual([
      { file: { from: 'jupyter', path: 'work/leaves.onnx' } }
    ]);
    const list = await screen.findByRole('list', { name: 'What was found' });
    const [certain, guess] = within(list).getAllByRole('listitem');
    expect(certain.textContent).toBe(INSPECTION.findings[0].text);
    expect(guess.textContent).toContain('A guess:');
    expect(screen.getByText(/float32 \? × 3 × 64 × 64/)).toBeTruthy();
  });

  it('says why no module can be made of a file, and goes no further', async () => {
    server.routes['POST models/inspections'] = () => ({
      ...INSPECTION,
      proposal: undefined,
      findings: [],
      problem: {
        type: 'urn:jupyterlab-deep:model-invalid',
        title: 'The model folder is not valid',
        status: 422,
        detail: 'Its probabilities are a list of dictionaries (ZipMap).',
        hint: "Convert it again: options={'zipmap': False}"
      }
    });
    await opened.model.open('work/forest.onnx');
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain("options={'zipmap': False}");
    expect((await button('Next')).hasAttribute('disabled')).toBe(true);
  });

  it('asks for as many labels as there are classes', async () => {
    await toSettings();
    await press('Next');
    await screen.findByText('Name its classes.');
    const field = screen.getByLabelText('Names of its classes *');
    await userEvent.type(field, 'oak\nbeech');
    await screen.findByText('It tells 3 classes apart; 2 are named.');
    expect(sent('models')).toEqual([]);
    await userEvent.type(field, '\nmaple');
    await waitFor(() => expect(screen.queryByText(/2 are named/)).toBeNull());
  });

  it('writes a draft, runs it and shows how to try it', async () => {
    await toTrial();
    expect(sent('models')).toMatchObject([
      {
        file: { from: 'jupyter', path: 'work/leaves.onnx' },
        name: 'leaves',
        isDraft: true,
        settings: {
          task: 'image-classification',
          labels: ['oak', 'beech', 'maple'],
          network: { input: 'image', output: 'scores' },
          preparation: { mean: [0.485, 0.456, 0.406], width: 64, fit: 'crop' }
        }
      }
    ]);
    await button('Predict');
    expect(sent('deployments')).toMatchObject([
      { module: 'mine/draft-00000001' }
    ]);
  });

  it('keeps everything when it goes back, and writes anew only what changed', async () => {
    await toTrial();
    await press('Back');
    const field = await screen.findByLabelText('Names of its classes *');
    expect((field as HTMLTextAreaElement).value).toBe('oak\nbeech\nmaple');
    await press('Next');
    await heading('Try it here');
    expect(sent('models')).toHaveLength(1);
    await press('Back');
    const preparation = await screen.findByLabelText('Preparation');
    const wanted = within(preparation).getByRole('option', { name: '0 to 1' });
    fireEvent.change(preparation, {
      target: { value: (wanted as HTMLOptionElement).value }
    });
    await press('Next');
    await heading('Try it here');
    expect(sent('models')).toMatchObject([
      {},
      { settings: { preparation: { mean: [0, 0, 0], std: [1, 1, 1] } } }
    ]);
    await waitFor(() =>
      expect(server.requestsOf('DELETE', 'models/draft-00000001')).toHaveLength(
        1
      )
    );
  });

  it('shows at the field what the service finds wrong, and replaces only when told to', async () => {
    const save = server.routes['POST models'];
    server.routes['POST models'] = () =>
      refuse('invalid-arguments', 422, 'The network takes grey pictures.', {
        fields: { preparation: ['The network takes grey pictures.'] }
      });
    await toSettings();
    await userEvent.type(
      await screen.findByLabelText('Names of its classes *'),
      'a\nb\nc'
    );
    await press('Next');
    expect(
      (await screen.findAllByText('The network takes grey pictures.')).length
    ).toBe(2);
    server.routes['POST models'] = request =>
      (request.body as { replace?: boolean }).replace
        ? save(request)
        : refuse('conflict', 409, 'There is a model “leaves” already.');
    await press('Next');
    await press('Replace it');
    await heading('Try it here');
    expect(sent('models').at(-1)).toMatchObject({ replace: true });
  });

  it('starts it on this machine where the service knows of no other place', async () => {
    await toWhere();
    await screen.findByRole('radio', { name: /This machine/ });
    await press('Deploy');
    await screen.findByText(/leaves is being deployed/);
    expect(sent('models/draft-00000001/finish')).toEqual([{ replace: false }]);
    expect(sent('deployments').at(-1)).toEqual({ module: 'mine/leaves' });
    expect(opened.model.hasSomethingToLose).toBe(false);
  });

  it('says what will happen at each place, asks its options, and deploys there', async () => {
    server.routes['GET deployments/targets'] = () => ({ targets: TARGETS });
    for (const [id, plan] of Object.entries(PLANS)) {
      server.routes[`POST deployments/targets/${id}/plan`] = () => plan;
    }
    await toWhere();
    expect(
      screen.getByRole('radio', {
        name: /GPU host — does not answer.*Start the engine/
      })
    ).toBeTruthy();
    await screen.findByText('A process is started on this machine.');
    await screen.findByText('Cost: nothing');
    await userEvent.click(screen.getByRole('radio', { name: /AI4EOSC/ }));
    await screen.findByText(/It takes images only/);
    expect((await button('Deploy')).hasAttribute('disabled')).toBe(true);
    await userEvent.click(screen.getByRole('radio', { name: /This machine/ }));
    await userEvent.type(
      await screen.findByLabelText('Stop after idle minutes'),
      '5'
    );
    await press('Deploy');
    await screen.findByText(/leaves is being deployed/);
    expect(sent('deployments').at(-1)).toEqual({
      module: 'mine/leaves',
      target: 'process',
      options: { idleMinutes: 5 }
    });
  });

  it('keeps a model without starting it', async () => {
    await toWhere();
    await press('Save without starting');
    await button('Open its page');
    expect(sent('models/draft-00000001/finish')).toHaveLength(1);
    // The draft alone was started.
    expect(sent('deployments')).toHaveLength(1);
  });

  it('asks only where a saved model runs', async () => {
    await opened.model.openSaved(savedAs('leaves'));
    await heading('Where');
    await press('Deploy');
    await screen.findByText(/leaves is being deployed/);
    expect(sent('deployments')).toEqual([{ module: 'mine/leaves' }]);
  });

  it('writes a Python project where its user says', async () => {
    server.routes['POST models/draft-00000001/python'] = () => ({
      folder: '/home/ada/work/leaves-module',
      package: 'leaves',
      files: [],
      says: ['The project is in /home/ada/work/leaves-module.']
    });
    await toWhere();
    fireEvent.click(screen.getByText('As a Python module for the platform'));
    await press('Write the project');
    await screen.findByText(/The project is in/);
    expect(sent('models/draft-00000001/python')).toEqual([
      { folder: { from: 'jupyter', path: 'work/leaves-module' } }
    ]);
  });

  it('closes by Escape, tells where it is, and puts the focus there', async () => {
    await toSettings();
    expect(document.activeElement).toBe(
      await heading('Labels and preparation')
    );
    const steps = await screen.findByRole('list', { name: 'Steps' });
    const now = within(steps)
      .getAllByRole('listitem')
      .filter(item => item.getAttribute('aria-current') === 'step');
    expect(now.map(({ textContent }) => textContent)).toEqual([
      '2 Labels and preparation'
    ]);
    expect(opened.model.hasSomethingToLose).toBe(false);
    await userEvent.type(await screen.findByLabelText('Name *'), '!');
    expect(opened.model.hasSomethingToLose).toBe(true);
    await userEvent.keyboard('{Escape}');
    expect(opened.closes).toBe(1);
  });

  it('leaves no draft behind when it is closed while one is written', async () => {
    const save = server.routes['POST models'];
    const { promise, give } = later<void>();
    server.routes['POST models'] = async request => {
      await promise;
      return save(request);
    };
    await opened.model.open('work/leaves.onnx');
    opened.model.setValues({ ...opened.model.values, labels: 'a\nb\nc' });
    await opened.model.next();
    const saving = opened.model.next();
    opened.panel.dispose();
    give();
    await saving;
    await waitFor(() =>
      expect(server.requestsOf('DELETE', 'models/draft-00000001')).toHaveLength(
        1
      )
    );
  });

  it('leaves no draft behind when it is discarded', async () => {
    await toTrial();
    await opened.model.discard();
    expect(server.requestsOf('DELETE', 'models/draft-00000001')).toHaveLength(
      1
    );
  });
});
