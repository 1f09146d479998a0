import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ImEntryRequest } from '@jupyterlab-deep/protocol';
import {
  IOidcProvider,
  startOidcProvider
} from '../../../../stand-in/oidcProvider';
import { AccountsHere, settingOf } from './accountsHere';

const MANAGER: ImEntryRequest = {
  type: 'InfrastructureManager',
  fields: { username: 'ada', password: 'open sesame' }
};

describe('credentials for an Infrastructure Manager', () => {
  let here: AccountsHere;
  beforeEach(async () => (here = await AccountsHere.open([])));
  afterEach(() => here.remove());

  const header = (id: string): Promise<string> =>
    here.accounts.authorization(id, new AbortController().signal);

  it('become one line, its entries between a backslash and an n', async () => {
    const { id } = here.accounts.keepIm({
      entries: [MANAGER, { id: 'dummy', type: 'Dummy', fields: {} }]
    });
    expect(await header(id)).toBe(
      'type = InfrastructureManager; username = ada; password = open sesame\\nid = dummy; type = Dummy'
    );
  });

  it('carry host and token of a cluster', async () => {
    const { id } = here.accounts.keepIm({
      entries: [
        MANAGER,
        {
          id: 'kube',
          type: 'Kubernetes',
          fields: { host: 'https://kube.example.org', token: 'abc' }
        }
      ]
    });
    expect((await header(id)).split('\\n')[1]).toBe(
      'id = kube; type = Kubernetes; host = https://kube.example.org; token = abc'
    );
  });

  it('stand in quotation marks where an equals sign is in them', async () => {
    const fields = { username: 'ada', password: 'a=b==' };
    const { id } = here.accounts.keepIm({ entries: [{ ...MANAGER, fields }] });
    expect(await header(id)).toBe(
      'type = InfrastructureManager; username = ada; password = "a=b=="'
    );
  });

  it('are shown without what is secret, and lie sealed', () => {
    const account = here.accounts.keepIm({ entries: [MANAGER] });
    expect(account).toMatchObject({
      id: 'im',
      kind: 'im',
      name: 'ada',
      entries: [
        {
          type: 'InfrastructureManager',
          username: 'ada',
          fields: ['username', 'password']
        }
      ]
    });
    const store = readFileSync(path.join(here.folder, 'deep.sqlite'));
    for (const place of [store, JSON.stringify(here.events)]) {
      expect(place.includes('ada')).toBe(true);
      expect(place.includes('sesame')).toBe(false);
    }
  });

  it.each([
    ['pass"word', 'quotation mark'],
    ["pass'word", 'quotation mark'],
    ['pass;word', 'semicolon'],
    ['pass\nword', 'line break'],
    ['pass\\nword', 'backslash'],
    [' password', 'space'],
    ['file(/etc/passwd)', 'file'],
    ['pass\tword', 'control character'],
    ['пароль', 'letter']
  ])('are refused with %j, by the name of the field alone', (value, word) => {
    let failure;
    try {
      here.accounts.keepIm({
        entries: [{ ...MANAGER, fields: { username: 'a', password: value } }]
      });
    } catch (error) {
      failure = error;
    }
    expect(failure).toMatchObject({
      key: 'invalid-arguments',
      fields: { 'entries.0.fields.password': [expect.stringContaining(word)] }
    });
    expect(JSON.stringify(failure)).not.toContain(JSON.stringify(value));
    expect(here.accounts.all).toEqual([]);
  });

  it('say who one is for the manager itself, once, with something to prove it', () => {
    const keep =
      (...entries: ImEntryRequest[]) =>
      () =>
        here.accounts.keepIm({ entries });
    expect(keep({ type: 'Dummy', fields: {} })).toThrow('one entry');
    expect(keep(MANAGER, MANAGER)).toThrow('There are 2');
    expect(keep({ ...MANAGER, fields: { username: 'ada' } })).toThrow(
      'a user name and a password, or a token'
    );
    expect(
      keep({ ...MANAGER, fields: { ...MANAGER.fields, id: 'x' } })
    ).toThrow('beside the fields');
  });

  it('are replaced as a whole, and asked for anew once they were refused', async () => {
    const { id, createdAt } = here.accounts.keepIm({ entries: [MANAGER] });
    here.accounts.refused(id, '', 'The manager refused them (401).');
    expect(here.accounts.get(id)).toMatchObject({ state: 'expired' });
    await expect(header(id)).rejects.toMatchObject({
      key: 'account-needed',
      detail: 'The manager refused them (401).'
    });
    const fields = { username: 'ada', password: 'new' };
    here.accounts.keepIm({ account: id, entries: [{ ...MANAGER, fields }] });
    expect(await header(id)).toContain('password = new');
    expect(here.accounts.get(id)).toMatchObject({
      createdAt,
      state: 'connected'
    });
    expect(here.accounts.get(id).detail).toBeUndefined();
  });

  it('are forgotten, which the words do not call revoked', async () => {
    const { id } = here.accounts.keepIm({ entries: [MANAGER] });
    expect(await here.accounts.disconnect(id)).toMatchObject({
      isRevoked: false
    });
    expect(here.accounts.all).toEqual([]);
  });
});

describe('credentials that carry the token of a sign-in', () => {
  let provider: IOidcProvider;
  let here: AccountsHere;

  beforeEach(async () => {
    provider = await startOidcProvider();
    here = await AccountsHere.open([settingOf(provider)]);
  });
  afterEach(async () => {
    here.remove();
    await provider.close();
  });

  it('have a fresh one in each request', async () => {
    await here.signIn();
    const { id } = here.accounts.keepIm({
      entries: [
        { type: 'InfrastructureManager', account: 'test', fields: {} },
        {
          id: 'egi',
          type: 'EGI',
          account: 'test',
          fields: { host: 'SITE', vo: 'vo.example.org' }
        }
      ]
    });
    const { signal } = new AbortController();
    const token = await here.token('test');
    expect(await here.accounts.authorization(id, signal)).toBe(
      `type = InfrastructureManager; token = ${token}\\nid = egi; type = EGI; host = SITE; vo = vo.example.org; token = ${token}`
    );
    here.accounts.refused('test', token, 'not taken');
    const later = await here.accounts.authorization(id, signal);
    expect(later).toContain(await here.token('test'));
    expect(later).not.toContain(token);
    await here.accounts.disconnect('test');
    await expect(here.accounts.authorization(id, signal)).rejects.toThrow(
      'no account “test”'
    );
  });

  it('hold until the first of these tokens ends for good', async () => {
    await provider.switch({ refreshExpiresS: 600 });
    await here.signIn();
    const entries = [
      { type: 'InfrastructureManager', account: 'test', fields: {} }
    ];
    const { id } = here.accounts.keepIm({ entries });
    const { until } = here.accounts.get('test');
    expect(here.accounts.holdsUntil('test')).toBe(until);
    expect(here.accounts.holdsUntil(id)).toBe(until);
    expect(until && Date.parse(until)).toBeGreaterThan(Date.now());
    expect(here.accounts.holdsUntil('nobody')).toBeUndefined();
  });

  it('need an account that there is', () => {
    const entries = [
      { type: 'InfrastructureManager', account: 'nobody', fields: {} }
    ];
    expect(() => here.accounts.keepIm({ entries })).toThrow('no account');
  });
});
