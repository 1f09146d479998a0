import {
  IOidcProvider,
  startOidcProvider
} from '../../../../stand-in/oidcProvider';
import { decline, signInAs } from '../../../../stand-in/oidc/person';
import { until } from '../../__tests__/home';
import { readJwt } from '../claims';
import { AccountsHere, settingOf } from './accountsHere';

describe('a sign-in by a code', () => {
  let provider: IOidcProvider;
  let here: AccountsHere;

  beforeAll(async () => {
    provider = await startOidcProvider();
  });
  afterAll(() => provider.close());
  beforeEach(async () => {
    here = await AccountsHere.open([settingOf(provider)]);
  });
  afterEach(async () => {
    here.remove();
    await provider.switch({ isAway: false, silent: [] });
  });

  const ended = (id: string) =>
    until(() => {
      const login = here.accounts.logins.get(id);
      return login.state === 'waiting' ? undefined : login;
    });

  it('shows a code and a page, and becomes an account that knows who signed in', async () => {
    const login = await here.accounts.begin({ provider: 'test' });
    expect(login).toMatchObject({ state: 'waiting', title: 'Test provider' });
    expect(login.code).toMatch(/^[A-Z]{4}-[A-Z]{4}$/);
    expect(login.page).toContain(`${provider.issuer}/device?user_code=`);
    await signInAs('ada', login.page);
    const { account } = await ended(login.id);
    expect(account).toMatchObject({
      id: 'test',
      kind: 'oidc',
      provider: 'test',
      state: 'connected',
      subject: 'ada',
      name: 'Ada Lovelace',
      email: 'ada@example.org',
      memberships: [
        'access:vo.example.org:ap-u',
        'urn:mace:egi.eu:group:vo.example.org:role=member#aai.example.org'
      ],
      isRenewed: true
    });
    const token = readJwt(await here.token('test'));
    expect(token).toMatchObject({ sub: 'ada', aud: 'account' });
    expect(here.events).toContainEqual({ event: 'account', data: account });
    expect(here.accounts.of('test')).toEqual(account);
  });

  it('is given up: the provider is asked no more', async () => {
    const { id } = await here.accounts.begin({ provider: 'test' });
    here.accounts.logins.giveUp(id);
    expect(() => here.accounts.logins.get(id)).toThrow('not waiting');
    here = await here.reopened();
    expect(() => here.accounts.logins.get(id)).toThrow('not waiting');
    expect(here.accounts.all).toEqual([]);
  });

  it('says that it was declined', async () => {
    const { id, page } = await here.accounts.begin({ provider: 'test' });
    await decline(page);
    const { state, error } = await ended(id);
    expect(state).toBe('failed');
    expect(error?.type).toBe('urn:jupyterlab-deep:account-refused');
    expect(error?.detail).toContain('declined');
  });

  it('ends when nobody enters the code in time', async () => {
    const short = await startOidcProvider('--code-s', '2');
    const brief = await AccountsHere.open([settingOf(short)]);
    try {
      const { id, expiresAt } = await brief.accounts.begin({
        provider: 'test'
      });
      expect(Date.parse(expiresAt) - Date.now()).toBeLessThanOrEqual(2000);
      await until(() => brief.accounts.logins.get(id).state === 'expired');
      expect(brief.accounts.all).toEqual([]);
    } finally {
      brief.remove();
      await short.close();
    }
  });

  it('never waits longer than 20 minutes', async () => {
    const long = await startOidcProvider('--code-s', '7200');
    const patient = await AccountsHere.open([settingOf(long)]);
    try {
      const { expiresAt } = await patient.accounts.begin({ provider: 'test' });
      const leftMs = Date.parse(expiresAt) - Date.now();
      expect(leftMs).toBeGreaterThan(1_100_000);
      expect(leftMs).toBeLessThanOrEqual(1_200_000);
    } finally {
      patient.remove();
      await long.close();
    }
  });

  it('survives a restart of the service', async () => {
    const { id, code, page } = await here.accounts.begin({ provider: 'test' });
    here = await here.reopened();
    expect(here.accounts.logins.get(id)).toMatchObject({
      state: 'waiting',
      code,
      page
    });
    await signInAs('ada', page);
    expect(await ended(id)).toMatchObject({ state: 'done' });
    expect(here.accounts.get('test').state).toBe('connected');
  });

  it('goes on when the provider was away for a moment', async () => {
    const { id, page } = await here.accounts.begin({ provider: 'test' });
    await provider.switch({ isAway: true });
    const before = (await provider.seen()).length;
    await until(async () => (await provider.seen()).length > before);
    await provider.switch({ isAway: false });
    await signInAs('ada', page);
    expect(await ended(id)).toMatchObject({ state: 'done' });
  });

  it('is an account although the provider does not say who it is', async () => {
    await here.signIn('ada');
    expect(await provider.seen()).toContain('GET /me');
    // Tokens for others are refused there; what the tokens say is enough.
    expect(here.accounts.get('test')).toMatchObject({
      subject: 'ada',
      name: 'Ada Lovelace'
    });
  });

  it('of the same person again takes the place of the account that there is', async () => {
    await here.signIn('ada');
    const { createdAt } = here.accounts.get('test');
    await here.signIn('ada');
    expect(here.accounts.all).toHaveLength(1);
    expect(here.accounts.get('test').createdAt).toBe(createdAt);
  });

  it('of another person is another account, and never takes one over', async () => {
    expect(await here.signIn('ada')).toBe('test');
    expect(await here.signIn('bob')).toBe('test-2');
    await expect(here.signIn('bob', 'test')).rejects.toThrow(
      'the account of Ada Lovelace'
    );
    expect(here.accounts.get('test').subject).toBe('ada');
  });
});

describe('whom one can sign in with', () => {
  let here: AccountsHere;
  afterEach(() => here.remove());

  it('is known before it is set up, and says what is missing', async () => {
    here = await AccountsHere.open([]);
    const [egi, ai4eosc] = here.accounts.providers;
    expect(egi).toMatchObject({
      id: 'egi',
      issuer: 'https://aai.egi.eu/auth/realms/egi',
      isReady: false
    });
    expect(ai4eosc).toMatchObject({
      id: 'ai4eosc',
      issuer: 'https://login.cloud.ai4eosc.eu/realms/ai4eosc'
    });
    expect(egi.reason).toContain('`clientId`');
    await expect(here.accounts.begin({ provider: 'egi' })).rejects.toThrow(
      'the administrator has to set'
    );
  });

  it('is set up by the client id alone', async () => {
    here = await AccountsHere.open([{ id: 'egi', clientId: 'ours' }]);
    expect(here.accounts.providers[0]).toMatchObject({
      title: 'EGI Check-in',
      isReady: true
    });
  });

  it('is never shown with its secret', async () => {
    here = await AccountsHere.open([
      { id: 'egi', clientId: 'ours', clientSecret: 'sesame' }
    ]);
    expect(JSON.stringify(here.accounts.providers)).not.toContain('sesame');
  });

  it.each([
    ['http://login.example.org/realms/x', 'address-refused'],
    ['http://127.0.0.2/realms/x', 'address-refused'],
    ['https://ada:secret@login.example.org', 'address-refused'],
    ['file:///etc/passwd', 'address-refused'],
    ['https://10.0.0.1/realms/x', 'address-private'],
    ['https://[::1]/realms/x', 'address-private']
  ])('is not at %s', async (issuer, key) => {
    here = await AccountsHere.open([]);
    await expect(
      here.accounts.begin({ issuer, clientId: 'x' })
    ).rejects.toMatchObject({ key });
  });

  it('may be an issuer that the user typed', async () => {
    const provider = await startOidcProvider();
    here = await AccountsHere.open([]);
    try {
      const { issuer, clientId } = provider;
      const login = await here.accounts.begin({ issuer, clientId });
      await signInAs('ada', login.page);
      await until(() => here.accounts.logins.get(login.id).state === 'done');
      expect(here.accounts.all[0]).toMatchObject({ id: 'oidc', issuer });
    } finally {
      await provider.close();
    }
  });

  it('is away: the words say so', async () => {
    const provider = await startOidcProvider();
    await provider.close();
    here = await AccountsHere.open([settingOf(provider)]);
    await expect(
      here.accounts.begin({ provider: 'test' })
    ).rejects.toMatchObject({
      key: 'account-unreachable',
      detail: expect.stringContaining('refused the connection')
    });
  });

  it('does not know this installation: the words say so', async () => {
    const provider = await startOidcProvider();
    here = await AccountsHere.open([
      { ...settingOf(provider), clientId: 'nobody' }
    ]);
    try {
      await expect(
        here.accounts.begin({ provider: 'test' })
      ).rejects.toMatchObject({
        key: 'account-refused',
        detail: expect.stringContaining('client id')
      });
    } finally {
      await provider.close();
    }
  });
});
