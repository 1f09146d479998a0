import type { Consent, Deployment, Run } from '@jupyterlab-deep/protocol';
import { fireEvent, screen, waitFor, within } from '@testing-library/dom';
import { connect, later, trans } from '../../__tests__/connected';
import { BROKEN, listingOf, MODULE, READY } from '../../__tests__/samples';
import { refuse, StandInServer } from '../../__tests__/standInServer';
import { Favourites } from '../../catalogue/favourites';
import { makeCatalogue } from '../../inference/__tests__/openPage';
import type { DeepService } from '../../service/connection';
import { DeploymentsClient } from '../client';
import { askToDeploy } from '../deployDialog';
import { DeployModel, IDeployStart } from '../deployModel';
import { findDialog, openDialog } from './dialogs';
import {
  CLOUD,
  ENGINE,
  HERE,
  JOB,
  PLAN,
  PLATFORM,
  PLATFORM_PLAN,
  PULLING
} from './samples';

const HERE_PLAN = { ...PLAN, target: HERE.id, says: ['A process is started.'] };
const ENGINE_ROUTE = 'POST deployments/targets/container%3Agpu-host/plan';

describe('the dialog of a deployment', () => {
  let server: StandInServer;
  let service: DeepService;
  let model: DeployModel;
  let asked: string[];
  let consent: Consent | null;

  beforeEach(() => {
    asked = [];
    consent = { commit: 'abc' };
    server = new StandInServer({
      'GET catalogue/modules': () => listingOf([MODULE, BROKEN]),
      'GET deployments/targets': () => ({ targets: [HERE, ENGINE, CLOUD] }),
      'POST deployments/targets/process/plan': () => HERE_PLAN,
      [ENGINE_ROUTE]: () => PLAN,
      'POST deployments': () => PULLING
    });
    service = connect(server);
  });

  afterEach(async () => {
    await waitFor(() => expect(openDialog()).toBeNull());
    service.dispose();
  });

  async function open(start: IDeployStart = {}): Promise<{
    dialog: HTMLElement;
    result: Promise<Deployment | Run | null>;
  }> {
    model = new DeployModel({
      client: new DeploymentsClient(service),
      catalogue: makeCatalogue(service, new Favourites(null)),
      start,
      trans
    });
    const askForConsent = async (module: string) => {
      asked.push(module);
      return consent;
    };
    const result = askToDeploy(model, askForConsent, trans);
    return { dialog: await findDialog(), result };
  }

  const deployButton = (dialog: HTMLElement) =>
    within(dialog).getByText('Deploy').closest('button')!;
  const cancel = (dialog: HTMLElement) =>
    fireEvent.click(within(dialog).getByText('Cancel'));
  const fill = (field: HTMLElement, value: string) =>
    fireEvent.change(field, { target: { value } });
  const sent = () =>
    server.requestsOf('POST', 'deployments').map(({ body }) => body);

  it('asks for the module, says what would happen, and deploys only then', async () => {
    const { dialog, result } = await open();
    await within(dialog).findByPlaceholderText(/part of its name/);
    expect(deployButton(dialog).disabled).toBe(true);
    const options = [...dialog.querySelectorAll('datalist option')];
    expect(options.map(each => each.getAttribute('value'))).toEqual([
      'Image classifier (builtin/image-classifier)'
    ]);
    fill(
      within(dialog).getByLabelText('Module'),
      'Image classifier (builtin/image-classifier)'
    );
    await within(dialog).findByText('A process is started.');
    fill(within(dialog).getByLabelText('Where'), ENGINE.id);
    await within(dialog).findByText('A container is started.');
    expect(dialog.textContent).toContain('connection refused.');
    expect(dialog.textContent).toContain('The image is 4 GB.');
    expect(dialog.textContent).toContain('Cost: Nothing');
    expect(sent()).toEqual([]);
    fireEvent.click(within(dialog).getByLabelText(/^GPU/));
    fireEvent.click(deployButton(dialog));
    expect(await result).toEqual(PULLING);
    expect(sent()).toEqual([
      {
        module: MODULE.id,
        target: ENGINE.id,
        options: { memoryGb: 4, gpu: true },
        requestId: expect.stringMatching(/^[A-Za-z0-9_-]{8,64}$/)
      }
    ]);
  });

  it('takes no plan for another place than the chosen one', async () => {
    const late = later<object>();
    server.routes['POST deployments/targets/process/plan'] = () => late.promise;
    const { dialog, result } = await open({ module: MODULE.id });
    await within(dialog).findByText(/Asking what would happen/);
    fill(within(dialog).getByLabelText('Where'), ENGINE.id);
    await within(dialog).findByText('A container is started.');
    late.give(HERE_PLAN);
    await waitFor(() => expect(model.busySince).toBeNull());
    expect(model.plan).toEqual(PLAN);
    cancel(dialog);
    expect(await result).toBeNull();
  });

  it('says why it cannot run there, and what a place answers', async () => {
    server.routes['POST deployments/targets/process/plan'] = () => ({
      ...HERE_PLAN,
      isPossible: false,
      reason: 'It needs a GPU, and this machine has none.'
    });
    server.routes[ENGINE_ROUTE] = () =>
      refuse('target-unreachable', 503, 'gpu-host does not answer.');
    const { dialog } = await open({ module: MODULE.id });
    await within(dialog).findByText(/needs a GPU/);
    expect(deployButton(dialog).disabled).toBe(true);
    fill(within(dialog).getByLabelText('Where'), ENGINE.id);
    await within(dialog).findByText('gpu-host does not answer.');
    cancel(dialog);
  });

  it('complains at the field, and keeps the dialog', async () => {
    const { dialog } = await open({ module: MODULE.id, target: ENGINE.id });
    const memory = await within(dialog).findByLabelText(/^Memory/);
    fill(memory, '99');
    fireEvent.click(deployButton(dialog));
    await within(dialog).findByText('It must be at most 16.');
    expect(sent()).toEqual([]);
    cancel(dialog);
  });

  it('sends a lost request again as the same, and a changed one as another', async () => {
    const { dialog, result } = await open({ module: MODULE.id });
    await within(dialog).findByText('A process is started.');
    server.isDown = true;
    fireEvent.click(deployButton(dialog));
    await within(dialog).findByText(/did not reach the Jupyter server/);
    fireEvent.click(deployButton(dialog));
    await waitFor(() => expect(sent()).toHaveLength(2));
    await waitFor(() => expect(deployButton(dialog).disabled).toBe(false));
    fill(within(dialog).getByLabelText(/^Memory/), '5');
    server.isDown = false;
    fireEvent.click(deployButton(dialog));
    expect(await result).toEqual(PULLING);
    const [first, again, changed] = sent() as Array<{ requestId: string }>;
    expect(again.requestId).toBe(first.requestId);
    expect(changed.requestId).not.toBe(first.requestId);
  });

  it('makes room for the question whether foreign code may run', async () => {
    server.routes['POST deployments'] = ({ body }) =>
      (body as { consent?: Consent }).consent
        ? READY
        : refuse('consent-needed', 403, 'Its code was never agreed to.');
    const { dialog, result } = await open({ module: MODULE.id });
    await within(dialog).findByText('A process is started.');
    fireEvent.click(deployButton(dialog));
    expect(await result).toEqual(READY);
    expect(asked).toEqual([MODULE.id]);
    expect(sent()[1]).toMatchObject({ consent: { commit: 'abc' } });
  });

  it('comes back where foreign code shall not run', async () => {
    consent = null;
    server.routes['POST deployments'] = () =>
      refuse('consent-needed', 403, 'Its code was never agreed to.');
    const { dialog, result } = await open({ module: MODULE.id });
    await within(dialog).findByText('A process is started.');
    fireEvent.click(deployButton(dialog));
    await waitFor(() => expect(asked).toHaveLength(1));
    await screen.findByText('Its code was never agreed to.');
    cancel(await findDialog());
    expect(await result).toBeNull();
  });

  describe('at a platform', () => {
    const planRoute = 'POST deployments/targets/papi%3Ahub/plan';
    const jobsRoute = 'deployments/targets/papi%3Ahub/jobs';

    beforeEach(() => {
      server.routes['GET deployments/targets'] = () => ({
        targets: [HERE, PLATFORM]
      });
      server.routes[planRoute] = () => PLATFORM_PLAN;
      server.routes[`POST ${jobsRoute}`] = () => JOB;
    });

    it('asks for what the chosen organisation offers, and sends nothing of another', async () => {
      const { dialog, result } = await open({
        module: MODULE.id,
        target: PLATFORM.id
      });
      const cpus = await within(dialog).findByLabelText(/^CPUs/);
      fill(cpus, '11');
      fireEvent.click(deployButton(dialog));
      // At the part of the group that is wrong.
      await within(dialog).findByText('It must be at most 10.');
      fill(cpus, '8');
      fill(within(dialog).getByLabelText(/^IDE password/), 'nine signs');
      // A page for ten minutes asks for nothing.
      const choice = within(dialog).getByLabelText(/^Virtual organisation/);
      fill(choice, '1');
      await waitFor(() =>
        expect(within(dialog).queryByLabelText(/^CPUs/)).toBeNull()
      );
      fireEvent.click(deployButton(dialog));
      await result;
      expect(sent()).toEqual([
        expect.objectContaining({
          target: PLATFORM.id,
          options: { vo: 'try-me' }
        })
      ]);
    });

    it('begins a batch job with its script, once there is one', async () => {
      const { dialog, result } = await open({
        module: MODULE.id,
        target: PLATFORM.id
      });
      fireEvent.click(await within(dialog).findByLabelText(/^A batch job/));
      const script = await within(dialog).findByLabelText(/^Script/);
      expect(
        server.requestsOf('POST', planRoute.slice(5)).at(-1)?.body
      ).toEqual({ module: MODULE.id, as: 'job' });
      fireEvent.click(deployButton(dialog));
      await within(dialog).findByText('Say what it shall carry out.');
      fill(script, 'python train.py\n');
      fireEvent.keyDown(script, { key: 'Enter' });
      fireEvent.click(deployButton(dialog));
      expect(await result).toEqual(JOB);
      expect(sent()).toEqual([]);
      expect(
        server.requestsOf('POST', jobsRoute).map(({ body }) => body)
      ).toEqual([
        {
          module: MODULE.id,
          script: 'python train.py\n',
          options: expect.objectContaining({ vo: 'vo.ai4eosc.eu' }),
          requestId: expect.any(String)
        }
      ]);
    });
  });

  it('begins with the options of another one, elsewhere', async () => {
    const like: Deployment = {
      ...READY,
      targetId: 'process',
      options: { memoryGb: 8, other: 1 }
    };
    server.routes['GET deployments/targets'] = () => ({
      targets: [HERE, CLOUD, { ...ENGINE, state: 'reachable' }]
    });
    const { dialog, result } = await open({ like });
    await within(dialog).findByText('Redeploy elsewhere');
    await within(dialog).findByText('A container is started.');
    fireEvent.click(deployButton(dialog));
    await result;
    expect(sent()).toEqual([
      expect.objectContaining({
        target: ENGINE.id,
        options: expect.objectContaining({ memoryGb: 8 })
      })
    ]);
    expect(sent()[0]).not.toHaveProperty('options.other');
  });

  it('takes over no option that the other place would refuse', async () => {
    const unlimited = { targetId: 'process', options: { memoryGb: 0 } };
    server.routes['GET deployments/targets'] = () => ({
      targets: [HERE, { ...ENGINE, state: 'reachable' }]
    });
    const { dialog, result } = await open({ like: { ...READY, ...unlimited } });
    await within(dialog).findByText('A container is started.');
    fireEvent.click(deployButton(dialog));
    await result;
    expect(sent()).toEqual([
      expect.objectContaining({
        target: ENGINE.id,
        options: expect.objectContaining({ memoryGb: 4 })
      })
    ]);
  });
});
