import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync
} from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TestHome } from '../../__tests__/home';
import { ModelDirectory } from '../modelDirectory';

/** Only root may mount, and not in every container. */
function canMount(): boolean {
  const home = new TestHome();
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'deep', home.folder], {
      stdio: 'ignore'
    });
    execFileSync('umount', [home.folder]);
    return true;
  } catch {
    return false;
  } finally {
    home.remove();
  }
}

const whenMountable = canMount() ? it : it.skip;

describe('The folder of models', () => {
  let home: TestHome;
  let directory: ModelDirectory;
  let folder: string;

  beforeEach(() => {
    home = new TestHome();
    folder = path.join(home.folder, 'models');
    mkdirSync(folder);
    directory = new ModelDirectory(folder);
  });
  afterEach(() => home.remove());

  const put = (name: string, replaces = false, text = name): Promise<void> =>
    directory.add(name, replaces, async scratch => {
      await writeFile(path.join(scratch, 'module.json'), `"${text}"`);
      // Who looks now does not see it.
      expect(await directory.has(name)).toBe(replaces);
    });

  it('has a model whole, or not at all', async () => {
    await put('leaves');
    expect(readdirSync(folder)).toEqual(['leaves']);
    const failing = directory.add('other', false, async scratch => {
      await mkdir(path.join(scratch, 'onnx'));
      throw new Error('the disk went away');
    });
    await expect(failing).rejects.toThrow('went away');
    expect(readdirSync(folder)).toEqual(['leaves']);
  });

  it('gives a draft its name once, wherever a kill has cut that', async () => {
    const draft = 'draft-00112233';
    const at = (name: string): string => path.join(folder, name);
    await directory.add(draft, false, scratch =>
      writeFile(
        path.join(scratch, 'module.json'),
        '{"draft":{"name":"leaves"},"task":"x"}'
      )
    );
    expect(await directory.finish(draft, false)).toBe('leaves');
    // The answer was lost.
    expect(await directory.finish(draft, false)).toBe('leaves');
    // As a kill leaves it before the last step, with the empty folder of its place.
    renameSync(at('leaves'), at(draft));
    mkdirSync(at('leaves'));
    await directory.tidy();
    expect(readdirSync(folder)).toEqual([draft]);
    expect(await directory.finish(draft, false)).toBe('leaves');
    expect(readdirSync(folder)).toEqual(['leaves']);
    expect(await directory.manifestOf('leaves')).toMatchObject({ task: 'x' });
    await expect(directory.finish('leaves', false)).rejects.toThrow('no draft');
    await expect(directory.finish('draft-44', false)).rejects.toThrow(
      'no model'
    );
  });

  it('gives one name to one of many who want it at once', async () => {
    const ends = await Promise.allSettled(
      Array.from({ length: 8 }, () => put('leaves'))
    );
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(readdirSync(folder)).toEqual(['leaves']);
  });

  it('keeps the old one when its successor fails', async () => {
    await put('leaves');
    const failing = directory.add('leaves', true, async () => {
      throw new Error('it does not run');
    });
    await expect(failing).rejects.toThrow('does not run');
    expect(readFileSync(path.join(folder, 'leaves/module.json'), 'utf8')).toBe(
      '"leaves"'
    );
    await put('leaves', true, 'new');
    expect(readFileSync(path.join(folder, 'leaves/module.json'), 'utf8')).toBe(
      '"new"'
    );
    expect(readdirSync(folder)).toEqual(['leaves']);
  });

  it.each(['..', '../x', '.hidden', 'a/b', ''])(
    'has nothing of the name “%s”',
    async name => {
      await expect(directory.remove(name)).rejects.toMatchObject({
        key: 'not-found'
      });
    }
  );

  whenMountable(
    'says that the disk is full, and leaves nothing half (needs the right to mount a tmpfs)',
    async () => {
      const options = ['-t', 'tmpfs', '-o', 'size=1m'];
      execFileSync('mount', [...options, 'deep', folder]);
      try {
        await put('leaves');
        const failing = directory.add('large', false, scratch =>
          writeFile(path.join(scratch, 'model.onnx'), Buffer.alloc(2_000_000))
        );
        await expect(failing).rejects.toMatchObject({ key: 'no-space' });
        expect(readdirSync(folder)).toEqual(['leaves']);
        writeFileSync(path.join(folder, 'room'), Buffer.alloc(500_000));
      } finally {
        execFileSync('umount', [folder]);
      }
    }
  );
});
