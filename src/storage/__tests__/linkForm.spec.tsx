import { ReactWidget } from '@jupyterlab/ui-components';
import { Widget } from '@lumino/widgets';
import { fireEvent, screen, waitFor } from '@testing-library/dom';
import userEvent from '@testing-library/user-event';
import * as React from 'react';
import { connect, trans } from '../../__tests__/connected';
import { refuse, StandInServer } from '../../__tests__/standInServer';
import type { DeepService } from '../../service/connection';
import { StorageClient } from '../client';
import { LinkForm } from '../linkForm';
import { LinkModel } from '../linkModel';
import { ACCOUNT } from './cloudStandIn';

const LOGIN = {
  id: 'l1',
  page: 'https://cloud.example.org/login/v2/flow/x',
  state: 'waiting',
  expiresAt: new Date(Date.now() + 1_200_000).toISOString()
};

describe('linking a Nextcloud', () => {
  let server: StandInServer;
  let service: DeepService;
  let model: LinkModel;
  let form: Widget;
  let linked: string[];

  function show(options: Partial<LinkModel.IOptions> = {}): void {
    model = new LinkModel({
      client: new StorageClient(service),
      trans,
      onLinked: ({ id }) => linked.push(id),
      askEveryMs: 5,
      ...options
    });
    form = ReactWidget.create(<LinkForm model={model} trans={trans} />);
    Widget.attach(form, document.body);
  }

  beforeEach(() => {
    linked = [];
    server = new StandInServer({
      'POST storage/logins': () => LOGIN,
      'GET storage/logins/l1': () => LOGIN,
      'DELETE storage/logins/l1': () => ({})
    });
    service = connect(server);
  });

  afterEach(() => {
    form.dispose();
    model.dispose();
    service.dispose();
  });

  async function enter(address: string): Promise<void> {
    const box = await screen.findByRole('textbox', { name: 'Address' });
    await userEvent.type(box, address);
    await userEvent.click(screen.getByRole('button', { name: 'Continue' }));
  }

  it('shows the login page as a link of its own tab, without opener', async () => {
    show();
    await enter('cloud.example.org');
    const link = await screen.findByRole('link', {
      name: 'Open the login page'
    });
    expect(link.getAttribute('href')).toBe(LOGIN.page);
    expect(link.getAttribute('target')).toBe('_blank');
    expect(link.getAttribute('rel')).toContain('noopener');
  });

  it('goes on by itself once the access is granted', async () => {
    show();
    await enter('cloud.example.org');
    await screen.findByRole('link');
    server.routes['GET storage/logins/l1'] = () => ({
      ...LOGIN,
      state: 'done',
      account: ACCOUNT
    });
    await screen.findByText('cloud.example.org · ada is connected.');
    expect(linked).toEqual(['cloud']);
  });

  it('gives the login up', async () => {
    show();
    await enter('cloud.example.org');
    fireEvent.click(
      await screen.findByRole('button', { name: 'Cancel the login' })
    );
    await screen.findByRole('textbox', { name: 'Address' });
    await waitFor(() =>
      expect(server.requestsOf('DELETE', 'storage/logins/l1')).toHaveLength(1)
    );
  });

  it('uses an address that is not public only when the user has confirmed it', async () => {
    server.routes['POST storage/logins'] = ({ body }) =>
      (body as { allowPrivate?: boolean }).allowPrivate
        ? LOGIN
        : refuse('address-private', 422, 'It belongs to this network.');
    show();
    await enter('10.0.0.5');
    await screen.findByText('It belongs to this network.');
    const button = screen.getByRole<HTMLButtonElement>('button', {
      name: 'Continue'
    });
    expect(button.disabled).toBe(true);
    fireEvent.click(screen.getByRole('checkbox'));
    fireEvent.click(button);
    await screen.findByRole('link');
  });

  it('forgets the password of a WebDAV server as soon as it is linked', async () => {
    server.routes['POST storage/accounts'] = () => ACCOUNT;
    show();
    fireEvent.click(
      await screen.findByRole('radio', { name: 'Another WebDAV server' })
    );
    await userEvent.type(await screen.findByLabelText('User'), 'ada');
    await userEvent.type(screen.getByLabelText('Password'), 'secret');
    await enter('https://files.example.org/dav');
    await screen.findByText('cloud.example.org · ada is connected.');
    expect(model.password).toBe('');
  });
});
