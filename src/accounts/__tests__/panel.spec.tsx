import type { DeviceLogin } from '@jupyterlab-deep/protocol';
import { Notification } from '@jupyterlab/apputils';
import { fireEvent, screen, waitFor, within } from '@testing-library/dom';
import { Widget } from '@lumino/widgets';
import { connect, later, trans } from '../../__tests__/connected';
import { refuse, StandInServer } from '../../__tests__/standInServer';
import type { DeepService } from '../../service/connection';
import { ACCOUNT } from '../../storage/__tests__/cloudStandIn';
import { createAccounts, IAccounts } from '../createAccounts';
import { ADA, AI4EOSC, EGI, IM } from './samples';

const LOGIN: DeviceLogin = {
  id: 'l1',
  title: 'EGI Check-in',
  state: 'waiting',
  code: 'ABCD-EFGH',
  page: 'https://aai.egi.eu/device?user_code=ABCD-EFGH',
  expiresAt: new Date(Date.now() + 600_000).toISOString()
};

describe('AccountsPanel', () => {
  let server: StandInServer;
  let service: DeepService;
  let accounts: IAccounts;
  let panel: Widget;

  beforeEach(() => {
    server = new StandInServer({
      'GET accounts': () => ({ accounts: [ADA, IM] }),
      'GET accounts/providers': () => ({ providers: [EGI, AI4EOSC] }),
      'GET storage/accounts': () => ({ accounts: [ACCOUNT] }),
      'POST accounts/logins': () => LOGIN,
      'GET accounts/logins/l1': () => LOGIN,
      'DELETE accounts/logins/l1': () => ({})
    });
  });

  function show(): void {
    service = connect(server);
    accounts = createAccounts({ service, trans });
    panel = accounts.makePanel();
    Widget.attach(panel, document.body);
  }

  afterEach(() => {
    document
      .querySelectorAll<HTMLElement>('.jp-Dialog .jp-mod-reject')
      .forEach(button => button.click());
    panel.dispose();
    service.dispose();
    Notification.dismiss();
  });

  const row = async (title: string): Promise<HTMLElement> => {
    const name = await screen.findByText(title, {
      selector: '.jp-DeepAccounts-title'
    });
    return name.closest('li') as HTMLElement;
  };

  /** Dialogs do not open in jsdom, which knows no modal ones: what is in them counts as hidden. */
  const button = (name: string | RegExp): Promise<HTMLElement> =>
    screen.findByRole('button', { name, hidden: true });

  const type = async (label: string, value: string): Promise<void> => {
    const box = (await screen.findByLabelText(label)) as HTMLInputElement;
    fireEvent.change(box, { target: { value } });
    await waitFor(() => expect(box.value).toBe(value));
  };

  it('shows what an account is for, who I am there, and until when', async () => {
    show();
    const { textContent } = await row('EGI Check-in');
    expect(textContent).toContain('Clouds of EGI');
    expect(textContent).toContain('Ada Lovelace · ada@example.org');
    expect(textContent).toContain('is renewed by itself');
    expect(textContent).toContain('vo.example.org');
  });

  it('shows entries of an Infrastructure Manager by the names of their fields', async () => {
    show();
    const { textContent } = await row('Infrastructure Manager');
    expect(textContent).toContain('username, password');
    expect(textContent).toContain('with the token of egi');
  });

  it('lists the cloud storages, with their own actions', async () => {
    show();
    const found = await row('cloud.example.org');
    expect(found.textContent).toContain('412 GB of 500 GB');
    server.routes[`DELETE storage/accounts/${ACCOUNT.id}`] = () => ({
      isRevoked: true,
      detail: 'Revoked.'
    });
    fireEvent.click(within(found).getByRole('button', { name: /Disconnect/ }));
    fireEvent.click(await button('Disconnect'));
    await waitFor(() =>
      expect(screen.queryByText('cloud.example.org')).toBeNull()
    );
  });

  it('marks what expires soon, and says it to those who do not see it', async () => {
    const until = new Date(Date.now() + 5.5 * 60_000).toISOString();
    const soon = { ...ADA, isRenewed: false, until };
    server.routes['GET accounts'] = () => ({ accounts: [soon] });
    show();
    const found = await row('EGI Check-in');
    expect(found.dataset.urgent).toBe('true');
    expect(found.textContent).toContain('expires in 5 min');
    const [status] = screen
      .getAllByRole('status')
      .filter(({ textContent }) => textContent?.includes('expires soon'));
    expect(status.textContent).toBe('EGI Check-in expires soon.');
  });

  it('hears at once that an account has expired', async () => {
    show();
    const found = await row('EGI Check-in');
    await waitFor(() => expect(server.openStreams).toBe(1));
    const detail = 'The sign-in at aai.egi.eu has ended.';
    const data = { ...ADA, state: 'expired' as const, detail };
    server.publish({ event: 'account', data });
    await screen.findByText(detail);
    expect(found.dataset.state).toBe('expired');
  });

  it('does not let an old answer go over what an event said', async () => {
    const reply = later<object>();
    show();
    await row('EGI Check-in');
    await waitFor(() => expect(server.openStreams).toBe(1));
    server.routes['GET accounts'] = () => reply.promise;
    fireEvent.click(await button('Refresh'));
    server.publish({ event: 'account', data: { ...ADA, name: 'Ada Byron' } });
    await screen.findByText(/Ada Byron/);
    reply.give({ accounts: [ADA, IM] });
    await waitFor(async () =>
      expect((await button('Refresh')).hasAttribute('disabled')).toBe(false)
    );
    expect(document.body.textContent).toContain('Ada Byron');
  });

  it('offers where one could sign in, and why one cannot', async () => {
    server.routes['GET accounts'] = () => ({ accounts: [] });
    show();
    await button('Sign in at EGI Check-in');
    expect((await row('AI4EOSC')).textContent).toContain('`clientId`');
    expect(screen.queryByRole('button', { name: /at AI4EOSC/ })).toBeNull();
  });

  it('signs in: code, page of its own tab, account', async () => {
    server.routes['GET accounts'] = () => ({ accounts: [] });
    show();
    fireEvent.click(await button('Sign in at EGI Check-in'));
    await screen.findByText('ABCD-EFGH');
    const link = await screen.findByRole('link', {
      name: 'Open the sign-in page',
      hidden: true
    });
    expect(link.getAttribute('href')).toBe(LOGIN.page);
    expect(link.getAttribute('target')).toBe('_blank');
    expect(link.getAttribute('rel')).toContain('noopener');
    const [{ body }] = server.requestsOf('POST', 'accounts/logins');
    expect(body).toEqual({ provider: 'egi' });
    server.routes['GET accounts/logins/l1'] = () => ({
      ...LOGIN,
      state: 'done',
      account: ADA
    });
    await waitFor(() => {
      window.dispatchEvent(new Event('focus'));
      screen.getByText(/You are signed in as Ada Lovelace/);
    });
    await row('EGI Check-in');
  });

  it('gives a sign-in up when its dialog is closed', async () => {
    show();
    fireEvent.click(await button('Link again EGI Check-in'));
    await screen.findByText('ABCD-EFGH');
    const [{ body }] = server.requestsOf('POST', 'accounts/logins');
    expect(body).toEqual({ account: 'egi' });
    fireEvent.click(await button('Close'));
    await waitFor(() =>
      expect(server.requestsOf('DELETE', 'accounts/logins/l1')).toHaveLength(1)
    );
  });

  it('says why a sign-in failed, and begins it again', async () => {
    server.routes['POST accounts/logins'] = () =>
      refuse('account-unreachable', 503, 'aai.egi.eu does not answer.');
    show();
    fireEvent.click(await button('Link again EGI Check-in'));
    await screen.findByText('aai.egi.eu does not answer.');
    server.routes['POST accounts/logins'] = () => LOGIN;
    fireEvent.click(await button('Try again'));
    await screen.findByText('ABCD-EFGH');
  });

  it('asks before an issuer is used that is not public', async () => {
    server.routes['POST accounts/logins'] = ({ body }) =>
      (body as { allowPrivate?: boolean }).allowPrivate
        ? LOGIN
        : refuse('address-private', 422, 'It is not a public address.');
    show();
    fireEvent.click(await button('Sign in elsewhere…'));
    await type('Issuer', 'https://login.local/realms/x');
    await type('Client id', 'lab');
    fireEvent.click(await button('Continue'));
    await screen.findByText('It is not a public address.');
    expect((await button('Continue')).hasAttribute('disabled')).toBe(true);
    fireEvent.click(await screen.findByRole('checkbox', { hidden: true }));
    fireEvent.click(await button('Continue'));
    await screen.findByText('ABCD-EFGH');
    expect(server.requestsOf('POST', 'accounts/logins')[1].body).toEqual({
      issuer: 'https://login.local/realms/x',
      clientId: 'lab',
      allowPrivate: true
    });
  });

  it('disconnects after a question, and keeps the words when nothing was revoked', async () => {
    const detail = 'Forgotten here, but not revoked.';
    server.routes['DELETE accounts/egi'] = () => ({ isRevoked: false, detail });
    show();
    fireEvent.click(await button('Disconnect… EGI Check-in'));
    fireEvent.click(await button('Disconnect'));
    await waitFor(() =>
      expect(
        Notification.manager.notifications.map(({ message }) => message)
      ).toContain(detail)
    );
    await button('Sign in at EGI Check-in');
  });

  it('keeps credentials, with the token of an account', async () => {
    server.routes['POST accounts/im'] = () => ({ ...IM, id: 'im-2' });
    show();
    fireEvent.click(await button(/Add credentials/));
    const [carrier] = await screen.findAllByLabelText('Signed in by');
    expect((carrier as HTMLSelectElement).value).toBe('egi');
    fireEvent.click(await button('Add a cloud'));
    await type('Type', 'OpenStack');
    await type('Its id in your templates', 'ost');
    await type('Value of host', 'https://keystone.example.org');
    fireEvent.click(await button('Add a field'));
    await waitFor(() =>
      expect(screen.getAllByLabelText('Name of the field')).toHaveLength(2)
    );
    const [, name] = screen.getAllByLabelText('Name of the field');
    fireEvent.change(name, { target: { value: 'password' } });
    await type('Value of password', 'sesame');
    const secret = await screen.findByLabelText('Value of password');
    expect(secret.getAttribute('type')).toBe('password');
    fireEvent.click(await button('Keep'));
    await screen.findByText('They are kept.');
    expect(server.requestsOf('POST', 'accounts/im')[0].body).toEqual({
      entries: [
        { type: 'InfrastructureManager', account: 'egi', fields: {} },
        {
          type: 'OpenStack',
          id: 'ost',
          fields: { host: 'https://keystone.example.org', password: 'sesame' }
        }
      ]
    });
  });

  it('is asked for by a provider: signs in where nobody is, and only there', async () => {
    show();
    await row('EGI Check-in');
    await accounts.actions.signInWith('egi');
    expect(server.requestsOf('POST', 'accounts/logins')).toEqual([]);
    server.routes['GET accounts'] = () => ({ accounts: [] });
    void accounts.actions.signInWith('egi');
    await screen.findByText('ABCD-EFGH');
  });
});
