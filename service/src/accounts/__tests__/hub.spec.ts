import { readFileSync } from 'node:fs';
import path from 'node:path';
import { until } from '../../__tests__/home';
import { AccountsHere } from './accountsHere';
import { HubStandIn } from './hubStandIn';

const NAME = 'ada@example.org';
const ISSUER = 'https://login.cloud.ai4eosc.eu/realms/ai4eosc';

const token = (number: number, lifeS = 600): string => {
  const claims = {
    jti: String(number),
    iss: ISSUER,
    sub: 'ada-1',
    exp: Math.floor(Date.now() / 1000) + lifeS,
    realm_access: { roles: ['access:vo.example.org:ap-u'] }
  };
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `e30.${payload}.signature-${number}`;
};

describe('the sign-in that a hub keeps (stand-in of the hub)', () => {
  let hub: HubStandIn;
  let here: AccountsHere;

  beforeEach(async () => {
    hub = await HubStandIn.start();
    here = await AccountsHere.open([]);
  });
  afterEach(async () => {
    here.remove();
    await hub.close();
  });

  const use = (given = hub.token) =>
    here.accounts.useHub({ url: hub.url, user: NAME, token: given });

  const setToken = (number: number, lifeS?: number) =>
    hub.users.set(NAME, {
      authState: {
        access_token: token(number, lifeS),
        refresh_token: 'of-the-hub',
        oauth_user: { name: 'Ada Lovelace', email: NAME }
      }
    });

  it('is an account of its own, found by itself', async () => {
    setToken(1);
    expect(here.accounts.providers.map(({ id }) => id)).not.toContain(
      'jupyterhub'
    );
    use();
    await until(() => here.accounts.all[0]);
    expect(here.accounts.get('jupyterhub')).toMatchObject({
      kind: 'jupyterhub',
      state: 'connected',
      subject: 'ada-1',
      name: 'Ada Lovelace',
      email: NAME,
      issuer: ISSUER,
      memberships: ['access:vo.example.org:ap-u'],
      isRenewed: true
    });
    expect(here.accounts.of('ai4eosc')?.id).toBe('jupyterhub');
    expect(here.events.at(-1)).toMatchObject({ event: 'account' });
  });

  it('is asked for each token: what it gave before has been renewed since', async () => {
    setToken(1);
    use();
    expect(await here.token('jupyterhub')).toContain('signature-1');
    setToken(2);
    expect(await here.token('jupyterhub')).toContain('signature-2');
    const { signal } = new AbortController();
    expect(await here.accounts.authorization('jupyterhub', signal)).toMatch(
      /^Bearer .*signature-2$/
    );
  });

  it('says what its administrator has to do when the hub gives none', async () => {
    hub.users.set(NAME, { authState: null });
    use();
    const provider = await until(() =>
      here.accounts.providers.find(({ reason, id }) => {
        return id === 'jupyterhub' && reason;
      })
    );
    expect(provider.isReady).toBe(false);
    expect(provider.reason).toContain('admin:auth_state!user');
    expect(here.accounts.all).toEqual([]);
    await expect(here.token('jupyterhub')).rejects.toMatchObject({
      key: 'account-needed'
    });
  });

  it('ends with its token, and says so', async () => {
    setToken(1);
    use();
    await here.token('jupyterhub');
    setToken(2, -5);
    await expect(here.token('jupyterhub')).rejects.toMatchObject({
      key: 'account-needed',
      hint: expect.stringContaining('Log in to the hub')
    });
    expect(here.accounts.get('jupyterhub').state).toBe('expired');
    setToken(3);
    expect(await here.accounts.check('jupyterhub')).toMatchObject({
      state: 'connected'
    });
    expect(here.accounts.get('jupyterhub').detail).toBeUndefined();
  });

  it('goes on after a restart of Jupyter, which has another token', async () => {
    setToken(1);
    use();
    await here.token('jupyterhub');
    hub.token = 'hub-token-2';
    await expect(here.token('jupyterhub')).rejects.toMatchObject({
      key: 'account-needed',
      detail: expect.stringContaining('403')
    });
    use();
    expect(await here.token('jupyterhub')).toContain('signature-1');
    await until(() => here.accounts.get('jupyterhub').state === 'connected');
  });

  it('waits for a hub that is away', async () => {
    setToken(1);
    use();
    await here.token('jupyterhub');
    hub.status = 503;
    await expect(here.token('jupyterhub')).rejects.toMatchObject({
      key: 'account-unreachable'
    });
    expect(here.accounts.get('jupyterhub').state).toBe('unreachable');
    hub.status = 200;
    expect(await here.token('jupyterhub')).toBeTruthy();
    expect(here.accounts.get('jupyterhub').state).toBe('connected');
  });

  it('belongs to the hub: it is not disconnected here', async () => {
    setToken(1);
    use();
    await here.token('jupyterhub');
    await expect(here.accounts.disconnect('jupyterhub')).rejects.toMatchObject({
      key: 'conflict'
    });
  });

  it('is written down nowhere', async () => {
    setToken(1);
    use();
    await here.token('jupyterhub');
    here.accounts.keepIm({
      entries: [
        { type: 'InfrastructureManager', account: 'jupyterhub', fields: {} }
      ]
    });
    const store = readFileSync(path.join(here.folder, 'deep.sqlite'));
    for (const secret of [hub.token, 'signature-1', 'of-the-hub']) {
      expect(store.includes(secret)).toBe(false);
      expect(JSON.stringify(here.events)).not.toContain(secret);
      expect(JSON.stringify(here.accounts.all)).not.toContain(secret);
    }
    here = await here.reopened();
    expect(here.accounts.all.map(({ id }) => id)).toEqual(['im']);
  });

  it('is at an address of the web only', () => {
    expect(() =>
      here.accounts.useHub({ url: 'file:///x', user: 'a', token: 'b' })
    ).toThrow('not the address of a hub');
  });
});
