import { execFile } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { modules, sharing } from '@jupyterlab-deep/kernel-helpers';
import { Bundles, ROOT } from '../../__tests__/bundles';
import { TestHome } from '../../__tests__/home';
import { ServiceProcess } from '../../__tests__/serviceProcess';
import { INextcloud, PENGUINS, Person, startNextcloud } from './people';

const PYTHON = path.join(ROOT, '.venv/bin/python');

describe('Sharing in cells', () => {
  let bundles: Bundles;
  let cloud: INextcloud;
  let home: TestHome;
  let ada: ServiceProcess;
  let grace: Person;
  const before = { cwd: process.cwd(), env: { ...process.env } };

  beforeAll(async () => {
    bundles = new Bundles();
    cloud = await startNextcloud({});
    grace = await Person.come(cloud, 'grace', {
      DEEP_NODE_HOME: bundles.folder
    });
    home = new TestHome();
    mkdirSync(home.modules);
    const work = path.join(home.folder, 'work');
    cpSync(PENGUINS, path.join(work, 'penguins'), { recursive: true });
    cpSync(PENGUINS, path.join(home.store, 'models/mine-too'), {
      recursive: true
    });
    ada = await ServiceProcess.start(bundles.service, home);
    Object.assign(process.env, home.env);
    process.chdir(work);
  });

  afterAll(async () => {
    process.chdir(before.cwd);
    process.env = before.env;
    await grace.leave();
    await ada.stop();
    await cloud.close();
    bundles.remove();
    home.remove();
  });

  /** The stand-in answers in this process meanwhile. */
  const python = async (code: string): Promise<string> => {
    const { stdout } = await promisify(execFile)(
      PYTHON,
      ['-c', `from jupyterlab_deep import sharing\n${code}`],
      {
        cwd: path.join(home.folder, 'work'),
        env: { ...process.env, ...home.env, PYTHONPATH: ROOT }
      }
    );
    return stdout;
  };

  it('asks for a cloud where none is linked', async () => {
    await expect(sharing.publish('penguins')).rejects.toMatchObject({
      key: 'invalid-arguments',
      hint: expect.stringContaining('Storage panel')
    });
    await ada.post('/storage/accounts', {
      address: `${cloud.url}/remote.php/dav/files/ada`,
      user: 'ada@example.org',
      password: cloud.users.makePassword('ada'),
      allowPrivate: true,
      id: 'cloud'
    });
  });

  it('publishes a folder, and the model that a training or a saving gave', async () => {
    const folder = await sharing.publish('penguins', {
      with: ['group:botany'],
      version: '1.1.0'
    });
    expect([folder.name, folder.version, folder.with]).toEqual([
      'penguins',
      '1.1.0',
      ['group:botany']
    ]);
    // What run.model() gives.
    const mine = await modules.open('mine/mine-too');
    const shared = await sharing.publish(mine, {
      with: ['grace', 'link'],
      version: '2.0.0'
    });
    expect(shared.url).toContain('/s/');
    await expect(
      sharing.publish(mine, { version: '2.0.0' })
    ).rejects.toMatchObject({ key: 'conflict' });
    await expect(sharing.publish('no module')).rejects.toMatchObject({
      key: 'invalid-arguments'
    });
    expect((await grace.look()).map(({ version }) => version).sort()).toEqual([
      '1.1.0',
      '2.0.0'
    ]);
  });

  it('receives, opens and copies; Python says the same', async () => {
    await grace.publish(grace.folder('owls'), { version: '3.0.0' });
    const [owls] = await sharing.received();
    expect([owls.author, owls.version, owls.kind, owls.state]).toEqual([
      'Grace',
      '3.0.0',
      'model',
      'shared'
    ]);
    const m = await owls.open();
    expect(m.id).toBe(owls.id);
    expect(await owls.copy('my-owls')).toBe('mine/my-owls');
    const said = await python(
      'all = sharing.received(); print(all); print(repr(all[0])); print(all[0].copy("owls-too"))'
    );
    expect(said).toContain('data only');
    expect(said).toContain('by Grace');
    expect(said).toContain('mine/owls-too');
    const published = await python(
      'p = sharing.publish("penguins", with_="grace"); print(p, p.version); sharing.withdraw(p, version=p.version)'
    );
    expect(published).toContain('1.2.0');
  });

  it('opens a link that somebody sent, and forgets it; Python too', async () => {
    const run = await grace.publish(grace.folder('terns'), {
      with: [{ kind: 'link' }]
    });
    const { publications } = (await grace.service.get('/sharing/publications'))
      .json;
    const { url } = publications.find(
      (each: { versions: { run: string }[] }) => each.versions[0].run === run.id
    );
    await expect(sharing.open(url)).rejects.toMatchObject({
      key: 'address-private'
    });
    const [terns] = await sharing.open(url, { allowPrivate: true });
    expect([terns.author, terns.state]).toEqual(['Grace', 'shared']);
    expect(await terns.copy('terns')).toBe('mine/terns');
    const said = await python(
      `[terns] = sharing.open_link(${JSON.stringify(url)}, allow_private=True); print(terns); terns.forget(); print(len(sharing.received()))`
    );
    expect(said).toContain('by Grace');
    expect((await sharing.received()).map(({ id }) => id)).not.toContain(
      terns.id
    );
  });

  it('carries the key to another machine, by a file under a passphrase', async () => {
    const passphrase = 'a hedge with forty roses';
    const file = path.join(home.folder, 'work/key.json');
    const key = await sharing.exportKey(file, passphrase);
    expect(key).toBe(await sharing.key());
    await expect(sharing.exportKey(file, passphrase)).rejects.toMatchObject({
      code: 'EEXIST'
    });
    expect(await sharing.importKey(file, passphrase)).toEqual({
      key,
      replaces: key,
      isDone: true
    });
    await expect(
      sharing.importKey(file, 'another passphrase')
    ).rejects.toMatchObject({ key: 'invalid-arguments' });
    const said = await python(
      `sharing.export_key("again.json", ${JSON.stringify(passphrase)}); print(sharing.import_key("again.json", ${JSON.stringify(passphrase)})["isDone"], sharing.key())`
    );
    expect(said).toContain(`True ${key}`);
  });

  it('withdraws', async () => {
    const all = await sharing.published();
    expect(all.map(({ name }) => name).sort()).toEqual([
      'mine-too',
      'penguins'
    ]);
    await sharing.withdraw(all[0]);
    await sharing.withdraw(all[1].name);
    expect(await sharing.published()).toEqual([]);
    const states = (await grace.look()).map(({ state }) => state);
    expect(states).toEqual(['withdrawn', 'withdrawn']);
  });
});
