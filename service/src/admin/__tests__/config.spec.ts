import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DeepError } from '@jupyterlab-deep/protocol';
import { TestHome } from '../../__tests__/home';
import { readSettings } from '../config';
import { listOverrides } from '../environment';
import { applyNetwork, networkVariables } from '../network';

describe("the administrator's settings", () => {
  let home: TestHome;
  let folders: string[];

  beforeEach(() => {
    home = new TestHome();
    folders = ['user', 'system'].map(name => path.join(home.folder, name));
    folders.forEach(folder => mkdirSync(folder));
  });
  afterEach(() => home.remove());

  const write = (index: number, content: unknown): void =>
    writeFileSync(
      path.join(folders[index], 'deep.json'),
      typeof content === 'string' ? content : JSON.stringify(content)
    );

  async function refusal(env = {}): Promise<DeepError> {
    const error = await readSettings(folders, env).catch(error => error);
    expect(error).toBeInstanceOf(DeepError);
    expect(error.key).toBe('configuration-invalid');
    return error;
  }

  it('have defaults without any file', async () => {
    const { limits, files } = await readSettings(folders, {});
    expect(limits).toMatchObject({ idleMinutes: 10, uploadMb: 200 });
    expect(files).toEqual([]);
  });

  it('come from all files, earlier folders winning key by key', async () => {
    write(0, { limits: { uploadMb: 5 } });
    write(1, { limits: { uploadMb: 7, threads: 3 } });
    const { limits } = await readSettings(folders, {});
    expect(limits).toMatchObject({ uploadMb: 5, threads: 3, idleMinutes: 10 });
  });

  it('are overridden by variables named after their keys', async () => {
    write(0, { limits: { uploadMb: 5 }, catalogue: { folders: ['/a'] } });
    const settings = await readSettings(folders, {
      DEEP_LIMITS_UPLOAD_MB: '9',
      DEEP_STORE_DIRECTORY: '/fast/store',
      DEEP_CATALOGUE_FOLDERS: '["/b", "/c"]'
    });
    expect(settings.limits.uploadMb).toBe(9);
    expect(settings.storeDirectory).toBe('/fast/store');
    expect(settings.moduleFolders).toEqual(['/b', '/c']);
  });

  it('have one variable for each value', () => {
    expect(listOverrides()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          key: 'limits.moduleIdleMinutes',
          variable: 'DEEP_LIMITS_MODULE_IDLE_MINUTES'
        }),
        expect.objectContaining({
          key: 'network.caFile',
          variable: 'DEEP_NETWORK_CA_FILE'
        })
      ])
    );
  });

  it.each([
    [{ limits: { uploadMb: 0 } }, '`limits.uploadMb` must be >= 1'],
    [{ limits: { predictMinutes: 1e6 } }, 'must be <= 35000'],
    [{ limits: { startSeconds: 1e6 } }, 'must be <= 86400'],
    [{ store: { directory: 'deep' } }, '“deep” (`store.directory` in'],
    [{ store: { directory: '~other/deep' } }, 'is not absolute'],
    [{ limits: { uploadMB: 1 } }, '`limits.uploadMB` is not a known key'],
    [{ catalogue: { folders: 'x' } }, '`catalogue.folders` must be array'],
    ['{"limits"', 'is not JSON']
  ])('refuse %j naming file, key and rule', async (content, rule) => {
    write(1, content);
    const { detail } = await refusal();
    expect(detail).toContain(path.join(folders[1], 'deep.json'));
    expect(detail).toContain(rule);
  });

  it('refuse a variable naming it and the rule', async () => {
    const { detail } = await refusal({ DEEP_LIMITS_IDLE_MINUTES: 'soon' });
    expect(detail).toContain('`DEEP_LIMITS_IDLE_MINUTES` must be number');
  });

  it('give each user a store of their own', async () => {
    const { homedir, userInfo } = await import('node:os');
    const folderOf = async (directory: string): Promise<string | undefined> => {
      write(0, { store: { directory } });
      return (await readSettings(folders, {})).storeDirectory;
    };
    const { username } = userInfo();
    expect(await folderOf('~/deep')).toBe(path.join(homedir(), 'deep'));
    expect(await folderOf('/scratch/{user}/deep')).toBe(
      `/scratch/${username}/deep`
    );
    const { detail } = await refusal({ DEEP_STORE_DIRECTORY: 'here' });
    expect(detail).toContain('“here” (`DEEP_STORE_DIRECTORY`) is not absolute');
  });

  it('take a proxy without a scheme, as other programs do', () => {
    const variables = networkVariables(
      { httpsProxy: 'proxy:3128' },
      { http_proxy: 'u:p@old:1', ALL_PROXY: 'socks5://s:1', NO_PROXY: 'a' }
    );
    expect(variables).toEqual({
      http_proxy: 'http://u:p@old:1',
      https_proxy: 'http://proxy:3128',
      HTTPS_PROXY: 'http://proxy:3128',
      ALL_PROXY: 'socks5://s:1',
      NO_PROXY: 'a'
    });
  });

  it.each(['ftp://u:secret@proxy:21', 'http://u:secret@proxy:99999'])(
    'refuse the proxy %s naming its variable, without the password',
    async address => {
      const error: DeepError = await applyNetwork(
        {},
        { https_proxy: address }
      ).catch(error => error);
      expect(error.key).toBe('configuration-invalid');
      expect(error.detail).toContain('https_proxy=');
      expect(JSON.stringify(error.toProblem())).not.toContain('secret');
    }
  );

  it('put proxies, authorities and mirrors over those of the user', () => {
    const variables = networkVariables(
      { httpsProxy: 'http://proxy:3128', caFile: '/ca.pem', pypiMirror: 'm' },
      { HTTPS_PROXY: 'http://old:1', NO_PROXY: 'here', SECRET_TOKEN: 'x' }
    );
    expect(variables).toEqual({
      HTTPS_PROXY: 'http://proxy:3128',
      https_proxy: 'http://proxy:3128',
      NO_PROXY: 'here',
      NODE_EXTRA_CA_CERTS: '/ca.pem',
      PIP_INDEX_URL: 'm',
      UV_INDEX_URL: 'm'
    });
  });
});
