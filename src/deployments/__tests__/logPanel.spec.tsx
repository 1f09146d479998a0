import { Widget } from '@lumino/widgets';
import { screen, waitFor } from '@testing-library/dom';
import userEvent from '@testing-library/user-event';
import { READY } from '../../__tests__/samples';
import { refuse, StandInServer } from '../../__tests__/standInServer';
import { giveBlobs } from '../../inference/results/__tests__/view';
import { IOpenPanel, openPanel } from './openPanel';
import { at } from './samples';

describe('LogPanel', () => {
  let server: StandInServer;
  let opened: IOpenPanel;
  let panel: Widget;
  let text: string;
  const user = userEvent.setup();

  beforeAll(giveBlobs);

  beforeEach(async () => {
    text = 'Loading the model\nReady\n';
    server = new StandInServer({
      'GET deployments': () => ({ deployments: [READY] }),
      'GET deployments/targets': () => ({ targets: [] }),
      'GET deployments/d1/log': ({ path }) => {
        const offset = Number(
          new URLSearchParams(path.split('?')[1]).get('offset')
        );
        return new Response(text.slice(offset), {
          headers: { 'x-deep-offset': String(text.length) }
        });
      }
    });
    opened = openPanel(server);
    panel = opened.makeLog('d1');
    Widget.attach(panel, document.body);
    await screen.findByText(/Loading the model/);
  });

  afterEach(() => {
    panel.dispose();
    opened.dispose();
  });

  const log = () =>
    screen.getByRole('region', { name: 'Log of Image classifier' });

  it('follows, and goes on where it was after a cut', async () => {
    const route = server.routes['GET deployments/d1/log'];
    server.routes['GET deployments/d1/log'] = () =>
      refuse('internal', 500, 'The disk is away.');
    await screen.findByText(/cannot be read at the moment: The disk is away/);
    server.routes['GET deployments/d1/log'] = route;
    const before = server.requestsOf('GET', 'deployments/d1/log').length;
    text += 'POST /predict\n';
    server.publish({
      event: 'deployment',
      data: { ...READY, state: 'unreachable', since: at(90) }
    });
    await waitFor(() =>
      expect(log().textContent).toBe(
        'Loading the model\nReady\nPOST /predict\n'
      )
    );
    const [next] = server.requestsOf('GET', 'deployments/d1/log').slice(before);
    expect(next.path).toContain('offset=24');
    expect(screen.queryByText(/cannot be read/)).toBeNull();
  });

  it('is searched', async () => {
    await user.type(screen.getByLabelText('Search the log'), 'READY');
    expect(log().textContent).toBe('Ready');
    await screen.findByText('1 line');
  });

  it('is saved into Jupyter under a name of its own', async () => {
    await user.click(screen.getByRole('button', { name: 'Save to Jupyter' }));
    await screen.findByText('Saved as work/Image-classifier-d1.log.');
    const saved = opened.contents.files.get('work/Image-classifier-d1.log');
    expect(Buffer.from(String(saved), 'base64').toString()).toBe(text);
  });

  it('says why it cannot be saved', async () => {
    server.routes['GET deployments/d1/log'] = () =>
      refuse('not-found', 404, 'There is no deployment d1.');
    await user.click(screen.getByRole('button', { name: 'Save to Jupyter' }));
    await screen.findByText(
      'The log could not be saved: There is no deployment d1.'
    );
  });
});
