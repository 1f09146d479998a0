import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  IOidcProvider,
  startOidcProvider
} from '../../../../stand-in/oidcProvider';
import { signInAs } from '../../../../stand-in/oidc/person';
import { Bundles } from '../../__tests__/bundles';
import { TestHome, until } from '../../__tests__/home';
import { ServiceHere } from '../../__tests__/serviceHere';
import { ServiceProcess } from '../../__tests__/serviceProcess';
import { settingOf } from './accountsHere';
import { HubStandIn } from './hubStandIn';

const PASSWORD = 'open-sesame-of-im';
const HUB_TOKEN = 'hub-token-1';

const envFor = (provider: IOidcProvider): Record<string, string> => ({
  DEEP_NETWORK_PRIVATE_HOSTS: '["127.0.0.1"]',
  DEEP_ACCOUNTS_PROVIDERS: JSON.stringify([settingOf(provider)])
});

/** Whether a text holds something that looks like a token of the provider. */
const holdsToken = (text: string): boolean =>
  /eyJ[\w-]+\.eyJ|refresh_?token["'=:]|device_?code["'=:]/i.test(text);

describe('the routes of accounts', () => {
  let provider: IOidcProvider;
  let hub: HubStandIn;
  let home: TestHome;
  let here: ServiceHere;

  beforeEach(async () => {
    provider = await startOidcProvider();
    hub = await HubStandIn.start();
    home = new TestHome();
    here = await ServiceHere.open(home, envFor(provider));
  });
  afterEach(async () => {
    await here.close();
    home.remove();
    await hub.close();
    await provider.close();
  });

  async function signIn(): Promise<void> {
    const { json } = await here.post('/accounts/logins', { provider: 'test' });
    await signInAs('ada', json.page);
    await until(async () => {
      const login = await here.get(`/accounts/logins/${json.id}`);
      return login.json.state === 'done';
    });
  }

  it('lead from a provider to an account and away again', async () => {
    const { json } = await here.get('/accounts/providers');
    expect(json.providers.at(-1)).toMatchObject({ id: 'test', isReady: true });
    await signIn();
    const list = await here.get('/accounts');
    expect(list.json.accounts).toMatchObject([
      { id: 'test', name: 'Ada Lovelace' }
    ]);
    const checked = await here.post('/accounts/test/check');
    expect(checked.json).toMatchObject({ state: 'connected' });
    const gone = await here.ask({ method: 'DELETE', path: '/accounts/test' });
    expect(gone.json).toMatchObject({ isRevoked: true });
    expect((await here.get('/accounts')).json).toEqual({ accounts: [] });
  });

  it('give up a sign-in that waits', async () => {
    const { json } = await here.post('/accounts/logins', { provider: 'test' });
    const login = `/accounts/logins/${json.id}`;
    expect((await here.ask({ method: 'DELETE', path: login })).status).toBe(
      204
    );
    expect((await here.get(login)).status).toBe(404);
  });

  it('refuse in words', async () => {
    const cases: [path: string, body: object, status: number, key: string][] = [
      ['/accounts/logins', { provider: 'egi' }, 502, 'account-refused'],
      ['/accounts/logins', { provider: 'nobody' }, 404, 'not-found'],
      ['/accounts/logins', {}, 422, 'invalid-arguments'],
      ['/accounts/logins', { provider: 'egi', x: 1 }, 400, 'invalid-request'],
      ['/accounts/im', { entries: [] }, 400, 'invalid-request'],
      ['/accounts/nobody/check', {}, 404, 'not-found']
    ];
    for (const [place, body, status, key] of cases) {
      const reply = await here.post(place, body);
      expect([reply.status, reply.json.type]).toEqual([
        status,
        `urn:jupyterlab-deep:${key}`
      ]);
    }
  });

  it('never tell a secret: no reply, event, log or file has one', async () => {
    const replies: string[] = [];
    const keep = ({ text }: { text: string }) => replies.push(text);
    const begun = await here.post('/accounts/logins', { provider: 'test' });
    keep(begun);
    await signInAs('ada', begun.json.page);
    await until(async () => {
      const login = await here.get(`/accounts/logins/${begun.json.id}`);
      keep(login);
      return login.json.state === 'done';
    });
    const access = { url: hub.url, user: 'ada', token: HUB_TOKEN };
    hub.users.set('ada', { authState: { access_token: 'access-of-the-hub' } });
    keep(
      await here.ask({ method: 'PUT', path: '/accounts/hub', body: access })
    );
    const fields = { username: 'ada', password: PASSWORD };
    const entries = [{ type: 'InfrastructureManager', fields }];
    keep(await here.post('/accounts/im', { entries }));
    const bad = { username: 'ada', password: `${PASSWORD};` };
    keep(
      await here.post('/accounts/im', {
        entries: [{ type: 'InfrastructureManager', fields: bad }]
      })
    );
    await until(async () => {
      const list = await here.get('/accounts');
      keep(list);
      return list.json.accounts.length === 3;
    });
    for (const id of ['test', 'im', 'jupyterhub']) {
      keep(await here.post(`/accounts/${id}/check`));
    }
    keep(await here.get('/accounts/providers'));
    const files = readdirSync(home.store).map(name =>
      readFileSync(path.join(home.store, name), 'latin1')
    );
    for (const text of [...replies, ...here.lines, ...files]) {
      expect(holdsToken(text)).toBe(false);
      expect(text).not.toContain(PASSWORD);
      expect(text).not.toContain(HUB_TOKEN);
      expect(text).not.toContain('access-of-the-hub');
    }
    expect(replies.join()).toContain('Ada Lovelace');
  });
});

describe('a sign-in whose service is killed', () => {
  let bundles: Bundles;
  let provider: IOidcProvider;
  let home: TestHome;
  let service: ServiceProcess;

  beforeAll(() => (bundles = new Bundles()));
  afterAll(() => bundles.remove());
  beforeEach(async () => {
    provider = await startOidcProvider();
    home = new TestHome();
    service = await start();
  });
  afterEach(async () => {
    await service.kill();
    home.remove();
    await provider.close();
  });

  const start = (): Promise<ServiceProcess> =>
    ServiceProcess.start(bundles.service, home, envFor(provider));

  const done = (id: string) =>
    until(async () => {
      const { json } = await service.get(`/accounts/logins/${id}`);
      expect(json.state).not.toBe('failed');
      return json.state === 'done';
    });

  it('while it waits: the next one goes on', async () => {
    const { json } = await service.post('/accounts/logins', {
      provider: 'test'
    });
    await service.kill();
    service = await start();
    await signInAs('ada', json.page);
    await done(json.id);
    const { json: list } = await service.get('/accounts');
    expect(list.accounts).toMatchObject([{ id: 'test', state: 'connected' }]);
  });

  it('after the provider granted it, before it is an account: the token was written down', async () => {
    await provider.switch({ silent: ['/me'] });
    const { json } = await service.post('/accounts/logins', {
      provider: 'test'
    });
    await signInAs('ada', json.page);
    await until(async () => (await provider.seen()).includes('GET /me'));
    expect((await service.get('/accounts')).json.accounts).toEqual([]);
    await service.kill();
    await provider.switch({ silent: [] });
    const asked = await tokenRequests();
    service = await start();
    await done(json.id);
    expect(await tokenRequests()).toBe(asked);
    const { json: checked } = await service.post('/accounts/test/check');
    expect(checked).toMatchObject({ state: 'connected', subject: 'ada' });
  });

  const onLinux = existsSync('/proc/self/environ') ? it : it.skip;

  onLinux('has no secret in its arguments and its environment', async () => {
    const { json } = await service.post('/accounts/logins', {
      provider: 'test'
    });
    await signInAs('ada', json.page);
    await done(json.id);
    const proc = `/proc/${service.child.pid}`;
    for (const name of ['cmdline', 'environ']) {
      const text = readFileSync(path.join(proc, name), 'utf8');
      expect(holdsToken(text)).toBe(false);
    }
    const log = readFileSync(path.join(home.store, 'service.log'), 'utf8');
    expect(holdsToken(log)).toBe(false);
  });

  const tokenRequests = async (): Promise<number> =>
    (await provider.seen()).filter(line => line === 'POST /token').length;
});
