import {
  cpSync,
  existsSync,
  mkdirSync,
  symlinkSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';
import { Module, modules, runs } from '@jupyterlab-deep/kernel-helpers';
import { SHOWN_AS } from '@jupyterlab-deep/kernel-helpers/display/bundle';
import { MODEL, PHOTOGRAPHS } from '../training/__tests__/pictures';
import { Bundles } from './bundles';
import { TestHome } from './home';
import { ServiceProcess } from './serviceProcess';

jest.setTimeout(60_000);

const whenBuilt = existsSync(path.join(MODEL, 'onnx/model.onnx'))
  ? describe
  : describe.skip;

whenBuilt(
  'an evaluation from a cell (needs the built image classifier)',
  () => {
    const { env } = process;
    const before = process.cwd();
    let bundles: Bundles;
    let home: TestHome;
    let service: ServiceProcess;
    let m: Module;

    beforeAll(async () => {
      bundles = new Bundles();
      home = new TestHome();
      mkdirSync(home.modules);
      symlinkSync(MODEL, path.join(home.modules, 'image-classifier'));
      service = await ServiceProcess.start(bundles.service, home);
      process.env = { ...env, ...home.env };
      process.chdir(home.folder);
      m = await modules.open('builtin/image-classifier');
      const put = (name: string, of: string): void => {
        mkdirSync(path.join('test', path.dirname(name)), { recursive: true });
        cpSync(PHOTOGRAPHS[of], path.join('test', name));
      };
      const cat = await m.predict({ image: PHOTOGRAPHS.cat });
      const coffee = await m.predict({ image: PHOTOGRAPHS.coffee });
      labels = [cat.top!.label, coffee.top!.label];
      put(`${labels[0]}/1.jpg`, 'cat');
      put(`${labels[1]}/1.jpg`, 'coffee');
      put(`${labels[1]}/<2>.jpg`, 'cat');
      put('unicorn/1.jpg', 'coffee');
    });

    let labels: string[];

    afterAll(async () => {
      await m.close();
      process.env = env;
      process.chdir(before);
      await service.stop();
      home.remove();
      bundles.remove();
    });

    it('is an object with numbers, and shows its mistakes as pictures', async () => {
      const found = await m.evaluate({ data: 'test', top_k: 3 });
      expect([found.accuracy, found.count, found.failed]).toEqual([0.5, 4, 0]);
      expect(found.unknown).toEqual(['unicorn']);
      expect(found.confusion.labels).toEqual([...labels, 'unicorn'].sort());
      expect(found.confusion.rows.flat().reduce((a, b) => a + b)).toBe(4);
      expect(found.perClass.map(({ label }) => label)).toContain('unicorn');
      expect(found.worst.map(({ path: file }) => file).sort()).toEqual([
        `${labels[1]}/<2>.jpg`,
        'unicorn/1.jpg'
      ]);
      expect(found.run.state).toBe('succeeded');
      expect(existsSync(path.join(found.run.folder, 'results.csv'))).toBe(true);
      expect(existsSync('test/deep-results')).toBe(false);
      const shown = found[SHOWN_AS]();
      expect(shown['text/plain']).toMatch(/^50\.0 % right: 2 of 4 files/);
      expect(shown['text/plain']).toMatch(/does not know: unicorn/);
      expect(shown['text/html']).toMatch(/src="data:image\/jpeg;base64,\/9j/);
      expect(shown['text/html']).toContain('/&lt;2&gt;.jpg');
      const again = await (await runs.open(found.run.id)).evaluation();
      expect(again.worst).toEqual(found.worst);
    });

    it('takes a list, as the data or beside them', async () => {
      const list = `file,label\n"${labels[0]}/1.jpg",${labels[0]}\n`;
      writeFileSync('test/truth.csv', list);
      const byData = await m.evaluate({ data: 'test/truth.csv' });
      expect([byData.count, byData.accuracy]).toEqual([1, 1]);
      const named = { data: 'test', labels: 'test/truth.csv' };
      expect((await m.evaluate(named)).leftOut.count).toBe(3);
      const byFolders = await m.evaluate({ data: 'test', labels: 'folders' });
      expect(byFolders.count).toBe(4);
    });

    it('is refused in words', async () => {
      mkdirSync('empty');
      await expect(m.evaluate({ data: 'empty' })).rejects.toMatchObject({
        key: 'invalid-arguments',
        detail: expect.stringMatching(/folder of its class/)
      });
      await expect(m.evaluate({ data: 'none' })).rejects.toMatchObject({
        key: 'not-found'
      });
      const wrong = m.evaluate({ data: 'test', top_kk: 1 });
      await expect(wrong).rejects.toMatchObject({ key: 'invalid-arguments' });
      const taken = m.evaluate({ data: 'test', image: 'x.jpg' });
      await expect(taken).rejects.toThrow(/no argument that takes the files/);
      const batch = await m.submit({ image: 'test/unicorn' });
      await batch.watch();
      await expect(batch.evaluation()).rejects.toMatchObject({
        key: 'conflict'
      });
    });
  }
);
