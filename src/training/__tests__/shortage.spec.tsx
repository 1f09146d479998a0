import type { Deployment } from '@jupyterlab-deep/protocol';
import { screen } from '@testing-library/dom';
import userEvent from '@testing-library/user-event';
import { API, MODULE, READY } from '../../__tests__/samples';
import { StandInServer } from '../../__tests__/standInServer';
import { IOpenPage, openPage } from '../../inference/__tests__/openPage';

describe('the form of a training that asks for more than there is', () => {
  let opened: IOpenPage;

  async function open(deployment: Deployment): Promise<void> {
    const module = {
      ...MODULE,
      examples: [],
      fit: {
        ...MODULE.fit,
        trainingLacks: [
          { what: 'gpu' as const, needed: 1, present: 0 },
          { what: 'memory' as const, needed: 16_000, present: 8000 }
        ]
      }
    };
    const server = new StandInServer({
      'GET catalogue/modules/builtin/image-classifier': () => module,
      'GET deployments': () => ({ deployments: [deployment] }),
      'POST deployments': () => deployment,
      'GET deployments/d1/api': () => ({
        ...API,
        train: { type: 'object', properties: { epochs: { type: 'integer' } } }
      }),
      'GET storage/datasets': () => ({ datasets: [] }),
      'GET runs': () => ({ runs: [] })
    });
    opened = openPage(server, module);
    await userEvent.click(await screen.findByRole('tab', { name: 'Train' }));
    await screen.findByRole('button', { name: 'Start' });
  }

  afterEach(() => opened.dispose());

  it('says so where it would be trained here, and can be begun all the same', async () => {
    await open({ ...READY, target: 'process' });
    screen.getByText(
      /Its training asks for more than this machine has: 1 GPU \(here: none\), 16 GB of memory \(here: 8 GB\)\./
    );
    expect(
      screen.getByRole<HTMLButtonElement>('button', { name: 'Start' }).disabled
    ).toBe(false);
  });

  it('says nothing where it runs elsewhere', async () => {
    await open({ ...READY, target: 'papi' });
    expect(screen.queryByText(/asks for more/)).toBeNull();
  });
});
