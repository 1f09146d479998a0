import {
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs';
import * as path from 'node:path';
import { findFiles } from '../findFiles';
import { asGlob } from '../glob';

describe('files of a folder', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync('/tmp/ff-');
    for (const name of [
      'b.JPG',
      'a.jpg',
      'c.png',
      '.hidden.jpg',
      'sub/d.jpg',
      'sub/.git/e.jpg',
      'sub/deeper/f [1].jpg',
      'deep-results/run/g.jpg'
    ]) {
      mkdirSync(path.join(folder, path.dirname(name)), { recursive: true });
      writeFileSync(path.join(folder, name), 'x');
    }
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  async function found(pattern: string): Promise<string[]> {
    const paths: string[] = [];
    for await (const file of findFiles(folder, pattern)) {
      paths.push(file.path);
    }
    return paths;
  }

  it.each([
    ['*.jpg', ['a.jpg', 'b.JPG']],
    ['*.{jpg,png}', ['a.jpg', 'b.JPG', 'c.png']],
    ['*/*.jpg', ['sub/d.jpg']],
    ['**/*.jpg', ['a.jpg', 'b.JPG', 'sub/d.jpg', 'sub/deeper/f [1].jpg']],
    ['../**', []]
  ])('that fit %s: neither hidden ones nor results', async (pattern, paths) => {
    expect((await found(pattern)).sort()).toEqual(paths);
  });

  it('runs in no circle of links, follows links to files, and names one that leads nowhere', async () => {
    symlinkSync('..', path.join(folder, 'sub/up'));
    symlinkSync('../a.jpg', path.join(folder, 'sub/link.jpg'));
    symlinkSync('nowhere', path.join(folder, 'sub/lost.jpg'));
    expect(await found('sub/*.jpg')).toEqual([
      'sub/d.jpg',
      'sub/link.jpg',
      'sub/lost.jpg'
    ]);
  });

  it('says that a folder is not there', async () => {
    await expect(
      findFiles(path.join(folder, 'no'), '*').next()
    ).rejects.toMatchObject({ key: 'not-found' });
  });

  it('tells a glob from a folder and from the name of a file', () => {
    expect(asGlob(`${folder}/sub/*.jpg`)).toEqual({
      folder: `${folder}/sub`,
      pattern: '*.jpg'
    });
    expect(asGlob(folder)).toEqual({ folder, pattern: '**/*' });
    expect(asGlob(`${folder}/sub/deeper/f [1].jpg`)).toBeUndefined();
    expect(asGlob('photos/**/*.jpg')).toEqual({
      folder: 'photos',
      pattern: '**/*.jpg'
    });
  });
});
