import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Run } from '@jupyterlab-deep/protocol';
import { contentsOf, StorageHere } from '../../datasets/__tests__/storageHere';

let here: StorageHere;
let local: string;

beforeEach(async () => {
  here = await StorageHere.open();
  local = path.join(here.home.folder, 'work');
  mkdirSync(path.join(local, 'set/deep'), { recursive: true });
});
afterEach(() => here.close());

async function copy(request: object): Promise<Run> {
  const { json } = await here.expect(
    202,
    here.service.post('/storage/transfers', request)
  );
  return here.ended(json.id);
}

it('sends a folder, and brings it back beside the one that is there', async () => {
  writeFileSync(path.join(local, 'set/a.txt'), 'a');
  writeFileSync(path.join(local, 'set/deep/b.txt'), 'b');
  symlinkSync('/etc', path.join(local, 'set/outside'));
  const cloud = { account: 'cloud', path: 'sent/set' };
  const sent = await copy({ from: { path: `${local}/set` }, to: cloud });
  expect(sent).toMatchObject({ state: 'succeeded', kind: 'transfer' });
  expect(contentsOf(here.remote.at('sent/set'))).toEqual({
    'a.txt': 'a',
    'deep/b.txt': 'b'
  });
  const got = await copy({ from: cloud, to: { path: `${local}/set` } });
  expect(got.transfer?.to).toBe(`${local}/set (2)`);
  expect(contentsOf(`${local}/set (2)`)).toEqual({
    'a.txt': 'a',
    'deep/b.txt': 'b'
  });
});

it('overwrites, skips or keeps both files as it was asked', async () => {
  here.remote.put('a.txt', "the cloud's");
  const file = path.join(local, 'a.txt');
  writeFileSync(file, 'mine');
  const from = { account: 'cloud', path: 'a.txt' };
  const to = { path: file };
  await copy({ from, to, onConflict: 'skip' });
  expect(readFileSync(file, 'utf8')).toBe('mine');
  await copy({ from, to });
  expect(readFileSync(path.join(local, 'a (2).txt'), 'utf8')).toBe(
    "the cloud's"
  );
  await copy({ from, to, onConflict: 'overwrite' });
  expect(readFileSync(file, 'utf8')).toBe("the cloud's");
  writeFileSync(file, 'mine again');
  await copy({ from: to, to: from, onConflict: 'overwrite' });
  expect(here.remote.read_('a.txt')).toBe('mine again');
});

it('lets the server copy within an account', async () => {
  here.remote.put('a.txt', 'a');
  await copy({
    from: { account: 'cloud', path: 'a.txt' },
    to: { account: 'cloud', path: 'b.txt' }
  });
  expect(here.remote.read_('b.txt')).toBe('a');
  expect(here.remote.requests).toContain('COPY a.txt');
  expect(here.remote.requests.join()).not.toMatch(/GET|ZIP/);
});

it('takes no path of this machine from a browser, and no copy without an account', async () => {
  const from = { path: `${local}/set` };
  const to = { account: 'cloud', path: 'set' };
  const refused = await here.service.post(
    '/storage/transfers',
    { from, to },
    { 'x-deep-client': 'jupyter:1' }
  );
  expect(refused.status).toBe(403);
  const local2 = { path: `${local}/other` };
  const neither = await here.service.post('/storage/transfers', {
    from,
    to: local2
  });
  expect(neither.status).toBe(400);
});
