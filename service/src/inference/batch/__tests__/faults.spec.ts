import { rmSync } from 'node:fs';
import path from 'node:path';
import { until } from '../../../__tests__/home';
import { BatchHere, classify } from './batchHere';

describe('a batch whose module or files misbehave', () => {
  let here: BatchHere;

  beforeEach(async () => {
    here = await BatchHere.open();
  });

  afterEach(() => here.close());

  it('says of each file why it failed, and does only those again', async () => {
    const names = here.addFiles(30);
    here.act = (name, response, number) => {
      if (number % 3 === 0) {
        response.statusCode = 500;
        response.end('Server got itself in trouble');
      } else {
        classify(name, response);
      }
    };
    const id = await here.begin();
    const first = await here.ended(id);
    expect(first.state).toBe('succeeded');
    expect(first.batch!.failed).toBe(10);
    const failed = here.lines(first).filter(line => 'error' in line);
    expect(failed).toHaveLength(10);
    expect(failed[0]).toMatchObject({
      state: 'failed',
      error: { title: 'The module failed', detail: expect.any(String) }
    });
    here.act = classify;
    here.sent.length = 0;
    expect((await here.service.post(`/runs/${id}/retry`)).status).toBe(202);
    const second = await here.ended(id);
    expect(second.batch!.failed).toBe(0);
    expect(here.sent.sort()).toEqual(failed.map(({ path }) => path).sort());
    const lines = here.lines(second);
    expect(lines.map(({ path }) => path).sort()).toEqual([...names].sort());
    expect(lines.every(({ state }) => state === 'done')).toBe(true);
  });

  it('waits as long as a busy module wants, with fewer at once, and loses nothing', async () => {
    const names = here.addFiles(40);
    let refusedAt = 0;
    here.act = (name, response, number) => {
      const isBusy = number > 5 && number <= 12;
      if (!isBusy) {
        classify(name, response);
        return;
      }
      refusedAt ||= performance.now();
      response.statusCode = number % 2 ? 429 : 503;
      response.setHeader('retry-after', '1');
      response.end('Too many requests');
    };
    const id = await here.begin();
    const run = await here.ended(id);
    expect(performance.now() - refusedAt).toBeGreaterThan(1000);
    expect([run.state, run.batch!.failed]).toEqual(['succeeded', 0]);
    expect(
      here
        .lines(run)
        .map(({ path }) => path)
        .sort()
    ).toEqual([...names].sort());
  });

  it('asks three times for the file that ends the module, alone, and goes on with the others', async () => {
    here.addFiles(20);
    here.act = (name, response) =>
      name === 'f3.txt' ? response.socket!.destroy() : classify(name, response);
    const id = await here.begin();
    const run = await here.ended(id);
    const failed = here.lines(run).filter(({ state }) => state === 'failed');
    expect(failed.map(({ path }) => path)).toEqual(['f3.txt']);
    expect(failed[0]).toMatchObject({
      error: { detail: expect.stringContaining('3 times') }
    });
    expect(here.sent.filter(name => name === 'f3.txt')).toHaveLength(3);
    expect(run.progress).toMatchObject({ done: 20, total: 20 });
  });

  it('takes half an answer for none', async () => {
    here.addFiles(6);
    here.act = (name, response) => {
      if (name === 'f2.txt') {
        response.writeHead(200, {
          'content-type': 'application/json',
          'content-length': 1000
        });
        response.write('{"status": "OK", "pred');
        setImmediate(() => response.socket!.destroy());
      } else {
        classify(name, response);
      }
    };
    const run = await here.ended(await here.begin());
    expect(run.batch!.failed).toBe(1);
  });

  it('fails a file that has vanished, and says of one that has changed that it was taken as it is now', async () => {
    here.addFiles(30);
    const held: (() => void)[] = [];
    here.act = (name, response) =>
      void held.push(() => classify(name, response));
    const id = await here.begin();
    await until(() => held.length > 0);
    rmSync(path.join(here.folder, 'f8.txt'));
    here.addFile('f9.txt', 'something longer than before');
    here.act = classify;
    held.forEach(go => go());
    const run = await here.ended(id);
    const line = (name: string): unknown =>
      here.lines(run).find(({ path }) => path === name);
    expect(line('f8.txt')).toMatchObject({
      state: 'failed',
      error: { detail: expect.stringContaining('vanished') }
    });
    expect(line('f9.txt')).toMatchObject({
      state: 'done',
      note: 'Changed since it was listed.'
    });
  });

  it('has failed when none of its files could be done', async () => {
    here.addFiles(5);
    here.act = (_name, response) => {
      response.statusCode = 422;
      response.end(JSON.stringify({ top_k: ['Not good.'] }));
    };
    const run = await here.ended(await here.begin());
    expect(run).toMatchObject({
      state: 'failed',
      error: { detail: expect.stringContaining('None of the 5 files') }
    });
  });

  it('is refused where nothing fits, or where a page names a path', async () => {
    here.addFiles(1);
    const each = {
      argument: 'image',
      from: 'path',
      folder: here.folder,
      pattern: '*.png'
    };
    const body = { module: here.module, arguments: {}, each };
    const none = await here.service.post('/inference/batches', body);
    expect([none.status, none.json.fields]).toEqual([
      422,
      { image: [expect.stringContaining('*.png')] }
    ]);
    const page = await here.service.post('/inference/batches', body, {
      'x-deep-client': 'jupyter:1'
    });
    expect(page.status).toBe(403);
  });

  it('writes lines, a table and pages that lead to the files, whatever their names', async () => {
    const strange = ['ü "x", y.txt', 'deep/#1 <b>.txt', '=1+1.txt'];
    strange.forEach(name => here.addFile(name));
    here.addFiles(205);
    const run = await here.ended(await here.begin());
    const csv = here.text(run, run.batch!.results.table);
    expect(csv.split('\r\n')[0]).toBe(
      'file,state,label,probability,answer_file,seconds,note,error'
    );
    expect(csv).toContain('"ü ""x"", y.txt",done,"is ü ');
    const pages = ['gallery.html', 'gallery-2.html'].map(name =>
      here.text(run, name)
    );
    const all = pages.join('');
    expect(all.match(/<figure>/g)).toHaveLength(208);
    expect(all).toContain('href="../../deep/%231%20%3Cb%3E.txt"');
    expect(pages[0]).toContain('href="gallery-2.html"');
    const again = await here.ended(await here.begin());
    expect(again.progress!.total).toBe(208);
  });
});
