import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  IOidcProvider,
  startOidcProvider
} from '../../../../stand-in/oidcProvider';
import { until } from '../../__tests__/home';
import { readJwt } from '../claims';
import { AccountsHere, settingOf } from './accountsHere';

const REFRESH = 'POST /token';

describe('the tokens of an account', () => {
  let provider: IOidcProvider;
  let here: AccountsHere;

  async function start(...args: string[]): Promise<void> {
    provider = await startOidcProvider(...args);
    here = await AccountsHere.open([settingOf(provider)]);
    await here.signIn();
  }

  afterEach(async () => {
    here.remove();
    await provider.close();
  });

  const refreshes = async (): Promise<number> =>
    (await provider.seen()).filter(line => line === REFRESH).length;

  it('are the same while they hold', async () => {
    await start();
    const before = await refreshes();
    const tokens = [await here.token('test'), await here.token('test')];
    expect(tokens[0]).toBe(tokens[1]);
    expect(await refreshes()).toBe(before);
  });

  it('are renewed ahead of their end, once for all who wait', async () => {
    await start('--access-s', '5');
    const first = await here.token('test');
    const { exp } = readJwt(first) as { exp: number };
    await until(async () => (await here.token('test')) !== first);
    const second = await here.token('test');
    const { iat } = readJwt(second) as { iat: number };
    expect(iat).toBeLessThan(exp);
    const before = await refreshes();
    await provider.switch({ tokenMs: 200 });
    await until(async () => (await here.token('test')) !== second);
    const all = await Promise.all([1, 2, 3, 4].map(() => here.token('test')));
    expect(new Set(all).size).toBe(1);
    expect(await refreshes()).toBe(before + 1);
  });

  it('go on with the next service', async () => {
    await start('--access-s', '2');
    const first = await here.token('test');
    here = await here.reopened();
    await until(async () => (await here.token('test')) !== first);
    expect(here.accounts.get('test').state).toBe('connected');
  });

  it('are renewed at once when somebody has refused one', async () => {
    await start();
    const first = await here.token('test');
    here.accounts.refused('test', `Bearer ${first}`, 'not taken');
    expect(await here.token('test')).not.toBe(first);
  });

  it('end in words when the provider has ended the sign-in', async () => {
    await start('--access-s', '2');
    await provider.forget();
    const failure = await until(() =>
      here.token('test').then(
        () => undefined,
        error => error
      )
    );
    expect(failure).toMatchObject({ key: 'account-needed' });
    expect(failure.detail).toContain('has ended');
    expect(failure.hint).toContain('Accounts');
    expect(here.accounts.get('test')).toMatchObject({ state: 'expired' });
    const before = await refreshes();
    await expect(here.token('test')).rejects.toMatchObject({
      key: 'account-needed'
    });
    expect(await refreshes()).toBe(before);
    await here.signIn('ada', 'test');
    expect(here.accounts.get('test').state).toBe('connected');
    expect(await here.token('test')).toBeTruthy();
  });

  it('hold on while the provider is away, and say so after their end', async () => {
    await start('--access-s', '4');
    const first = await here.token('test');
    await provider.switch({ isAway: true });
    await until(async () => {
      const [token] = await Promise.allSettled([here.token('test')]);
      if (token.status === 'fulfilled') {
        expect(token.value).toBe(first);
      } else {
        expect(token.reason).toMatchObject({ key: 'account-unreachable' });
      }
      return token.status === 'rejected';
    });
    expect(here.accounts.get('test').state).toBe('unreachable');
    await provider.switch({ isAway: false });
    expect(await here.token('test')).not.toBe(first);
    expect(here.accounts.get('test')).toMatchObject({ state: 'connected' });
    expect(here.accounts.get('test').detail).toBeUndefined();
  });

  it('are waited for no longer than their asker wants, and come for the others', async () => {
    await start('--access-s', '2');
    const first = await here.token('test');
    await provider.switch({ tokenMs: 400 });
    await until(() => !isFresh(first));
    const abort = new AbortController();
    const waiting = here.accounts.token('test', abort.signal);
    const other = here.token('test');
    abort.abort(new Error('not wanted'));
    await expect(waiting).rejects.toThrow('not wanted');
    expect(await other).not.toBe(first);
  });

  it.each([['3600'], ['-3600']])(
    'come although the clocks differ by %s s, with an end by the right clock',
    async ahead => {
      await start(`--ahead-s=${ahead}`, '--access-s', '3');
      const first = await here.token('test');
      await until(async () => (await here.token('test')) !== first);
      await provider.switch({ refreshExpiresS: 600 });
      await here.accounts.check('test');
      const { until: end = '', state } = here.accounts.get('test');
      const there = Date.now() + Number(ahead) * 1000;
      expect(state).toBe('connected');
      expect(Math.abs(Date.parse(end) - there - 600_000)).toBeLessThan(10_000);
    }
  );

  it('keep a session alive that the provider would end', async () => {
    provider = await startOidcProvider();
    await provider.switch({ refreshExpiresS: 3 });
    here = await AccountsHere.open([settingOf(provider)]);
    await here.signIn();
    const { until: first } = here.accounts.get('test');
    await until(() => here.accounts.get('test').until !== first);
    expect(here.accounts.get('test')).toMatchObject({
      state: 'connected',
      isRenewed: true
    });
  });

  it('are asked for anew by a check, which also asks who it is', async () => {
    await start('--opaque');
    expect(here.accounts.get('test').name).toBe('Ada Lovelace');
    const asked = (await provider.seen()).filter(isWho).length;
    const first = await here.token('test');
    const { checkedAt } = here.accounts.get('test');
    const account = await here.accounts.check('test');
    expect(account.checkedAt).not.toBe(checkedAt);
    expect(await here.token('test')).not.toBe(first);
    expect((await provider.seen()).filter(isWho)).toHaveLength(asked + 1);
    await provider.switch({ isAway: true });
    expect(await here.accounts.check('test')).toMatchObject({
      state: 'unreachable',
      detail: expect.stringContaining('ended the connection')
    });
  });

  it('are revoked with their account', async () => {
    await start();
    expect(await here.accounts.disconnect('test')).toEqual({
      isRevoked: true,
      detail: 'Test provider has revoked the sign-in.'
    });
    expect(await provider.seen()).toContain('POST /token/revocation');
    expect(() => here.accounts.get('test')).toThrow('no account');
    expect(here.events.at(-1)?.event).toBe('reset');
    here = await here.reopened();
    expect(here.accounts.all).toEqual([]);
  });

  it('are forgotten although they could not be revoked, and the words say so', async () => {
    await start('--no-revocation');
    const outcome = await here.accounts.disconnect('test');
    expect(outcome.isRevoked).toBe(false);
    expect(outcome.detail).toContain('no way to revoke');
    await here.signIn();
    await provider.switch({ isAway: true });
    here = await here.reopened();
    const away = await here.accounts.disconnect('test');
    expect(away.isRevoked).toBe(false);
    expect(away.detail).toContain('not revoked');
    expect(here.accounts.all).toEqual([]);
  });

  it('are nowhere to be read: not in the store, not in events', async () => {
    await start();
    const token = await here.token('test');
    const [, , signature] = token.split('.');
    const store = readFileSync(path.join(here.folder, 'deep.sqlite'));
    expect(store.includes('Ada Lovelace')).toBe(true);
    expect(store.includes(signature)).toBe(false);
    expect(store.includes('refreshToken')).toBe(false);
    expect(JSON.stringify(here.events)).not.toContain(signature);
    expect(JSON.stringify(here.warnings)).not.toContain(signature);
  });

  it('cannot be opened with another key: the account asks for a sign-in', async () => {
    await start();
    const other = await AccountsHere.open([settingOf(provider)], here.folder, {
      DEEP_STORAGE_KEY: 'another'
    });
    expect(other.accounts.get('test').state).toBe('expired');
    await expect(other.token('test')).rejects.toMatchObject({
      key: 'account-needed'
    });
    other.close();
  });
});

const isWho = (line: string): boolean => line === 'GET /me';

/** Tokens are renewed a third of their life before their end, which may be a second later than they say. */
function isFresh(token: string): boolean {
  const { exp, iat } = readJwt(token) as { exp: number; iat: number };
  return Date.now() / 1000 < exp + 1 - (exp - iat) / 3;
}
