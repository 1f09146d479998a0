import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { SCHEMAS, TestHome } from '../../__tests__/home';
import { ModuleReader } from '../metadata/readModule';
import { MetadataSchemas } from '../metadata/metadataSchemas';
import * as modelFolder from '../modelFolder';
import { FolderSource } from '../sources/folderSource';
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
      .mockImplementation(async (source, folder, reader) => {
        if (path.basename(folder) === 'bad') {
          throw new Error('the disk is on fire');
        }
        return readModelFolder(source, folder, reader);
      });
    const reader = new ModuleReader(new MetadataSchemas(SCHEMAS));
    const source = new FolderSource('builtin', '', [home.modules], reader);
    const { entries, problem } = await source.load();
    expect(entries.map(({ module }) => module.name)).toEqual(['good']);
    expect(problem).toContain('bad cannot be read: the disk is on fire');
  });
});
