import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { BatchHere } from './batchHere';

describe('the gallery of a batch', () => {
  let here: BatchHere;

  beforeEach(async () => {
    here = await BatchHere.open();
    const create = {
      width: 400,
      height: 300,
      channels: 3 as const,
      background: 'green'
    };
    const picture = sharp({ create }).jpeg();
    await picture.toFile(path.join(here.folder, 'leaf.jpg'));
    await picture.toFile(path.join(here.folder, 'gone.jpg'));
    here.addFile('broken.jpg', 'no picture');
    here.addFile('notes.txt');
  });

  afterEach(() => here.close());

  it('brings small pictures along when it is asked to, of what is a picture', async () => {
    const id = await here.begin();
    const run = await here.ended(id);
    const { path: folder, gallery } = run.batch!.results;
    const read = (): string => readFileSync(path.join(folder, gallery), 'utf8');
    expect(read()).not.toContain('data:image');
    rmSync(path.join(here.folder, 'gone.jpg'));
    const { status } = await here.service.post(`/runs/${id}/gallery`, {});
    expect(status).toBe(202);
    const shown = [...read().matchAll(/src="([^"]*)"/g)].map(found => found[1]);
    const brought = shown.filter(source => source.startsWith('data:'));
    expect(brought).toHaveLength(1);
    const data = Buffer.from(brought[0].split(',')[1], 'base64');
    expect((await sharp(data).metadata()).width).toBe(192);
    // The others still name their files.
    expect(shown.filter(source => source.endsWith('.jpg'))).toHaveLength(2);
  });
});
