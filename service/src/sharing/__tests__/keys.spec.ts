import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Bundles } from '../../__tests__/bundles';
import { INextcloud, Person, startNextcloud } from './people';

jest.setTimeout(60_000);

const PASSPHRASE = 'a hedge with forty roses';

describe('The key of an author with two machines', () => {
  let bundles: Bundles;
  let cloud: INextcloud;
  let ada: Person;
  let laptop: Person;
  let grace: Person;
  let file: string;

  beforeAll(async () => {
    bundles = new Bundles();
    const env = { DEEP_NODE_HOME: bundles.folder };
    cloud = await startNextcloud({});
    ada = await Person.come(cloud, 'ada', env);
    laptop = await Person.come(cloud, 'ada', env);
    grace = await Person.come(cloud, 'grace', env);
  });

  afterAll(async () => {
    await Promise.all([ada, laptop, grace].map(each => each.leave()));
    await cloud.close();
    bundles.remove();
  });

  const keyOf = async (person: Person): Promise<string> =>
    (await person.service.get('/sharing/key')).json.key;

  const bring = (more: object = {}) =>
    laptop.service.post('/sharing/key/import', {
      file,
      passphrase: PASSPHRASE,
      ...more
    });

  it('is exported only under a passphrase, and never as it is', async () => {
    const short = await ada.service.post('/sharing/key/export', {
      passphrase: 'short'
    });
    expect(short.status).toBe(400);
    const exported = await ada.service.post('/sharing/key/export', {
      passphrase: PASSPHRASE
    });
    expect(exported.json).toMatchObject({
      key: await keyOf(ada),
      name: expect.stringMatching(/^author-key-[0-9a-f]{16}\.json$/)
    });
    file = exported.json.file;
    expect(JSON.parse(file)).toMatchObject({
      format: 'deep-author-key',
      version: 1
    });
    expect(exported.text).not.toMatch(/PRIVATE KEY|MC4CAQAwBQYDK2Vw/);
    expect(exported.text).not.toContain(PASSPHRASE);
    expect(ada.service.lines.join('\n')).not.toContain(PASSPHRASE);
  });

  it('is refused with a wrong passphrase, when it was changed, and when it is something else', async () => {
    const before = await keyOf(laptop);
    const wrong = await bring({ passphrase: 'a hedge with forty roots' });
    expect([wrong.status, wrong.json.fields]).toEqual([
      422,
      { passphrase: [expect.any(String)] }
    ]);
    const { key, ...rest } = JSON.parse(file);
    const other = key.startsWith('A') ? `B${key.slice(1)}` : `A${key.slice(1)}`;
    const forged = await bring({
      file: JSON.stringify({ ...rest, key: other })
    });
    expect([forged.status, forged.json.detail]).toEqual([
      422,
      expect.stringContaining('was changed')
    ]);
    for (const text of [
      '{"no json',
      '{}',
      JSON.stringify({ ...rest, key, version: 2 })
    ]) {
      const none = await bring({ file: text });
      expect([none.status, none.json.fields]).toEqual([
        422,
        { file: [expect.any(String)] }
      ]);
    }
    expect(await keyOf(laptop)).toBe(before);
  });

  it('replaces the other only after its user has named that one', async () => {
    const before = await keyOf(laptop);
    const [looked, unsure] = [
      await bring(),
      await bring({ replaces: '0000 0000 0000 0000' })
    ];
    expect(looked.json).toEqual({
      key: await keyOf(ada),
      replaces: before,
      isDone: false
    });
    expect([unsure.status, unsure.json.detail]).toEqual([
      409,
      expect.stringContaining(before)
    ]);
    expect(await keyOf(laptop)).toBe(before);
    const done = await bring({ replaces: before });
    expect(done.json).toMatchObject({ isDone: true, replaces: before });
    expect(await keyOf(laptop)).toBe(await keyOf(ada));
    // Once more changes nothing.
    expect((await bring({ replaces: before })).json.isDone).toBe(true);
    // The one before lies beside it, and no key lies there unsealed.
    const folder = path.join(laptop.home.store, 'sharing');
    const names = readdirSync(folder).filter(name =>
      name.startsWith('key.json')
    );
    expect(names.sort()).toEqual([
      'key.json',
      `key.json.${before.replaceAll(' ', '')}`
    ]);
    for (const name of names) {
      expect(readFileSync(path.join(folder, name), 'utf8')).not.toContain(
        'PRIVATE'
      );
    }
  });

  it('signs on both, so that nobody is warned; also after a restart', async () => {
    await ada.publish(ada.folder('penguins'), { version: '1.0.0' });
    expect(await grace.look()).toMatchObject([
      { state: 'shared', version: '1.0.0' }
    ]);
    await laptop.service.close();
    await laptop.open();
    await laptop.publish(laptop.folder('penguins'), { version: '1.1.0' });
    expect(await grace.look()).toMatchObject([
      { state: 'shared', version: '1.1.0', key: await keyOf(ada) }
    ]);
  });
});
