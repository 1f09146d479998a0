import { readFile } from 'node:fs/promises';
import { unmount } from '../fuse';
import { mountedAt } from '../mountTable';
import { MountHere, suffix, until, withFuse } from './mountHere';

withFuse(`A folder mounted by rclone${suffix}`, () => {
  let here: MountHere;

  beforeEach(async () => {
    here = await MountHere.make();
  });

  afterEach(() => here.end());

  it('is read and written by a Python and a Node process, and what they write arrives', async () => {
    const mount = here.mount();
    await mount.start();
    expect(await here.python("print(open('leaf.txt').read())")).toBe('green\n');
    expect(
      await here.node("console.log(fs.readFileSync('leaf.txt', 'utf8'))")
    ).toBe('green\n');
    await here.python("open('from python.txt', 'w').write('p' * 1000)");
    await here.node("fs.writeFileSync('from node.txt', 'n')");
    await mount.flush();
    expect(await mount.waiting()).toEqual({ files: 0, bytes: 0 });
    expect((await here.dav('GET', 'plants/from%20node.txt')).text).toBe('n');
    const { text } = await here.dav('GET', 'plants/from%20python.txt');
    expect(text).toHaveLength(1000);
  });

  it('keeps the password out of arguments, environment, log and, once it is mounted, disk', async () => {
    await here.mount().start();
    const proc = `/proc/${await here.pid()}`;
    const seen = [
      await readFile(`${proc}/cmdline`, 'utf8'),
      await readFile(`${proc}/environ`, 'utf8'),
      await here.text('log'),
      await here.text('record')
    ].join();
    expect(seen).not.toContain(here.password);
    expect(seen).not.toMatch(/pass\s*=/);
    expect(await here.hasConfig()).toBe(false);
    expect(await here.python("print(open('leaf.txt').read())")).toBe('green\n');
  });

  it('sends what waited when rclone was killed', async () => {
    const mount = here.mount();
    await mount.start();
    const before = await here.pid();
    await here.python("open('new.txt', 'w').write('kept')");
    expect((await mount.waiting()).files).toBe(1);
    process.kill(before, 'SIGKILL');
    await until(async () => (await here.pid()) !== before);
    await until(
      async () => (await here.dav('GET', 'plants/new.txt')).text === 'kept'
    );
    await until(() => mount.state === 'mounted');
    expect(await here.python("print(open('new.txt').read())")).toBe('kept\n');
  });

  it('says what waits while no rclone runs', async () => {
    const mount = here.mount();
    await mount.start();
    await here.python("open('new.txt', 'w').write('kept')");
    await mount.stop({ giveUpWaiting: true });
    expect(await mount.waiting()).toEqual({ files: 1, bytes: 4 });
    await mount.start();
    await mount.flush();
    expect((await here.dav('GET', 'plants/new.txt')).text).toBe('kept');
  });

  it('outlives its service, and the next one takes it over', async () => {
    const first = here.mount();
    await first.start();
    const before = await here.pid();
    first.release();
    const second = here.mount();
    await second.start();
    expect(await here.pid()).toBe(before);
    expect(await here.python("print(open('leaf.txt').read())")).toBe('green\n');
    await second.stop();
    expect(await mountedAt(here.path)).toBeUndefined();
  });

  it('mends a dead mount that was left behind', async () => {
    const first = here.mount();
    await first.start();
    first.release();
    process.kill(await here.pid(), 'SIGKILL');
    await expect(here.python('pass')).rejects.toThrow();
    await here.mount().start();
    expect(await here.python("print(open('leaf.txt').read())")).toBe('green\n');
  });

  it('comes back when somebody unmounts it', async () => {
    const mount = here.mount();
    await mount.start();
    const before = await here.pid();
    await unmount(here.path);
    await until(async () => (await here.pid()) !== before);
    await until(async () => (await mountedAt(here.path)) !== undefined);
    expect(mount.error).toBeUndefined();
  });

  it('ends at the first refused password, keeps what waits, and goes on with a new one', async () => {
    const mount = here.mount();
    await mount.start();
    await here.python("open('new.txt', 'w').write('kept')");
    here.cloud.users.revoke(here.password);
    await until(() => here.refused === 1);
    expect(mount.state).toBe('refused');
    expect(await mountedAt(here.path)).toBeUndefined();
    const failures = here.cloud.requests.filter(({ status }) => status === 401);
    expect(failures.length).toBeLessThan(10);
    expect(await mount.waiting()).toEqual({ files: 1, bytes: 4 });
    await expect(mount.flush()).rejects.toMatchObject({ key: 'storage-login' });
    here.password = here.cloud.users.makePassword(here.cloud.user.uid);
    await mount.start();
    await mount.flush();
    expect((await here.dav('GET', 'plants/new.txt')).text).toBe('kept');
  });

  it('shows what changed in the cloud once it is told to forget', async () => {
    const mount = here.mount();
    await mount.start();
    expect(await here.python('import os; print(os.listdir())')).not.toContain(
      'late'
    );
    await here.dav('PUT', 'plants/late.txt', 'x');
    await mount.forget();
    expect(await here.python('import os; print(os.listdir())')).toContain(
      'late'
    );
  });

  it('is not taken away while a file in it is open', async () => {
    const mount = here.mount();
    await mount.start();
    const busy = here.python(
      "import sys, time; f = open('leaf.txt'); time.sleep(2)"
    );
    await until(async () => {
      const outcome = await mount.stop().catch(error => error);
      if (outcome === undefined) {
        await mount.start();
      }
      return outcome?.key === 'conflict';
    });
    expect(mount.state).toBe('mounted');
    await busy;
    await mount.stop();
    expect(mount.state).toBe('off');
  });
});
