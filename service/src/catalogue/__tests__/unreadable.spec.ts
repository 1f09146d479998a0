import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { TestHome, until } from '../../__tests__/home';
import { EventStream } from '../../http/events';
import { Catalogue } from '../catalogue';
import { FolderSource, ISource } from '../folderSource';
import * as modelFolder from '../modelFolder';
import { makeModelFolder } from './folders';

jest.mock('../modelFolder', () => ({
  __esModule: true,
  ...jest.requireActual('../modelFolder')
}));

const { readModelFolder } = jest.requireActual('../modelFolder');

describe('what nobody foresaw', () => {
  let home: TestHome;
  beforeEach(() => {
    home = new TestHome();
    mkdirSync(home.modules);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    home.remove();
  });

  it('in one folder does not hide the others', async () => {
    makeModelFolder(home.modules, 'bad');
    makeModelFolder(home.modules, 'good');
    jest
      .spyOn(modelFolder, 'readModelFolder')
      .mockImplementation(async (source, folder) => {
        if (path.basename(folder) === 'bad') {
          throw new Error('the disk is on fire');
        }
        return readModelFolder(source, folder);
      });
    const { modules, source } = await new FolderSource('builtin', '', [
      home.modules
    ]).read();
    expect(modules.map(({ module }) => module.name)).toEqual(['good']);
    expect(source.problem).toContain('bad cannot be read: the disk is on fire');
  });

  it('in a source leaves what is known, and is logged', async () => {
    const logged: unknown[] = [];
    let isBroken = false;
    const source: ISource = {
      id: 'builtin',
      read: async () => {
        if (isBroken) {
          throw new Error('the disk is on fire');
        }
        return new FolderSource('builtin', '', [home.modules]).read();
      }
    };
    makeModelFolder(home.modules, 'good');
    const catalogue = new Catalogue([source], new EventStream(), {
      error: (about: unknown) => logged.push(about)
    });
    expect((await catalogue.list({})).total).toBe(1);
    isBroken = true;
    const now = Date.now();
    jest.spyOn(Date, 'now').mockReturnValue(now + 3600_000);
    expect((await catalogue.list({})).total).toBe(1);
    await until(() => logged.length > 0);
    expect((await catalogue.list({})).total).toBe(1);
  });
});
