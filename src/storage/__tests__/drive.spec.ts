import type { Contents } from '@jupyterlab/services';
import { connect, trans } from '../../__tests__/connected';
import type { DeepService } from '../../service/connection';
import type { ConflictChoice, IConflict } from '../drive/conflict';
import { StorageDrive } from '../drive/drive';
import { FilesClient } from '../filesClient';
import { CloudStandIn } from './cloudStandIn';

describe('StorageDrive', () => {
  let cloud: CloudStandIn;
  let service: DeepService;
  let drive: StorageDrive;
  let asked: IConflict[];
  let choice: ConflictChoice;
  let undo: (() => Promise<void>) | undefined;
  let changes: Contents.IChangedArgs[];

  beforeEach(() => {
    cloud = new CloudStandIn();
    cloud.put('notes.txt', 'first');
    service = connect(cloud);
    asked = [];
    changes = [];
    choice = 'cancel';
    drive = new StorageDrive({
      client: new FilesClient(service, 'cloud'),
      serverSettings: service.serverSettings,
      voice: {
        askConflict: async conflict => {
          asked.push(conflict);
          return choice;
        },
        tellRemoved: (_, again) => {
          undo = again;
        },
        tellUpload: () => () => undefined
      },
      trans
    });
    drive.fileChanged.connect((_, change) => changes.push(change));
  });

  afterEach(() => {
    drive.dispose();
    service.dispose();
  });

  const text = (content: string): Partial<Contents.IModel> => ({
    type: 'file',
    format: 'text',
    content
  });

  it('is named as its account, so that its paths are those of cells', () => {
    expect(drive.name).toBe('cloud');
  });

  it('gives text as text, a notebook as a notebook, and the rest as base64', async () => {
    cloud.put('a.ipynb', '{"cells": []}');
    cloud.put('a.bin', 'xyz');
    const model = await drive.get('notes.txt');
    expect([model.format, model.content]).toEqual(['text', 'first']);
    const notebook = await drive.get('a.ipynb');
    expect(notebook.type).toBe('notebook');
    expect(notebook.content).toEqual({ cells: [] });
    expect((await drive.get('a.bin')).content).toBe('eHl6');
  });

  it('lists ten thousand entries whole, and an unchanged folder by one request', async () => {
    for (let i = 0; i < 10_000; i++) {
      cloud.put(`many/${String(i).padStart(5, '0')}.jpg`, 'x');
    }
    const folder = await drive.get('many');
    expect(folder.content).toHaveLength(10_000);
    const before = cloud.requestsOf('GET', 'storage/files/cloud').length;
    expect((await drive.get('many')).content).toHaveLength(10_000);
    const after = cloud.requestsOf('GET', 'storage/files/cloud').length;
    expect(after - before).toBe(1);
  });

  it('says in words that a file is too large to be opened', async () => {
    cloud.routes['GET storage/files/cloud/entry'] = () => ({
      path: 'big.txt',
      name: 'big.txt',
      type: 'file',
      sizeBytes: 3_000_000_000,
      isReadOnly: false
    });
    await expect(drive.get('big.txt')).rejects.toThrow(
      /“big.txt” has 3 GB: too large to be opened in a tab/
    );
  });

  it('saves over what it opened, again and again', async () => {
    await drive.get('notes.txt');
    await drive.save('notes.txt', text('second'));
    await drive.save('notes.txt', text('third'));
    expect(cloud.textOf('notes.txt')).toBe('third');
    expect(asked).toEqual([]);
  });

  it('does not overwrite what somebody else saved meanwhile', async () => {
    await drive.get('notes.txt');
    cloud.put('notes.txt', 'theirs');
    await expect(drive.save('notes.txt', text('mine'))).rejects.toMatchObject({
      name: 'ModalCancelError'
    });
    expect(asked).toHaveLength(1);
    expect(cloud.textOf('notes.txt')).toBe('theirs');
  });

  it('keeps both versions, and the document goes on under the new name', async () => {
    await drive.get('notes.txt');
    cloud.put('notes.txt', 'theirs');
    choice = 'keep-both';
    const model = await drive.save('notes.txt', text('mine'));
    expect(model.path).toBe('notes 2.txt');
    expect(cloud.textOf('notes.txt')).toBe('theirs');
    expect(cloud.textOf('notes 2.txt')).toBe('mine');
    expect(changes).toContainEqual(
      expect.objectContaining({
        type: 'rename',
        oldValue: { path: 'notes.txt' }
      })
    );
  });

  it('overwrites the version that was looked at', async () => {
    await drive.get('notes.txt');
    cloud.put('notes.txt', 'theirs');
    choice = 'overwrite';
    await drive.save('notes.txt', text('mine'));
    expect(cloud.textOf('notes.txt')).toBe('mine');
  });

  it('asks again when there is a newer version than the one looked at', async () => {
    await drive.get('notes.txt');
    cloud.put('notes.txt', 'theirs');
    const read = cloud.routes['GET storage/files/cloud/content'];
    cloud.routes['GET storage/files/cloud/content'] = request => {
      const answer = read(request);
      if (asked.length === 0) {
        cloud.put('notes.txt', 'still newer');
      } else {
        choice = 'cancel';
      }
      return answer;
    };
    choice = 'overwrite';
    await expect(drive.save('notes.txt', text('mine'))).rejects.toThrow();
    expect(asked).toHaveLength(2);
    expect(cloud.textOf('notes.txt')).toBe('still newer');
  });

  it('tells Lab of a conflict itself: before a save it answers with what was opened', async () => {
    const opened = await drive.get('notes.txt');
    cloud.put('notes.txt', 'theirs');
    const asKept = await drive.get('notes.txt', { content: false, hash: true });
    expect(asKept.last_modified).toBe(opened.last_modified);
    const asListed = await drive.get('notes.txt', { content: false });
    expect(asListed.last_modified).not.toBe(opened.last_modified);
  });

  it('joins the pieces of an upload of Lab', async () => {
    const piece = (content: string, chunk: number) =>
      drive.save('up.bin', { format: 'base64', content, chunk });
    await piece(btoa('one '), 1);
    await piece(btoa('two '), 2);
    expect(cloud.files.has('up.bin')).toBe(false);
    await piece(btoa('three'), -1);
    expect(cloud.textOf('up.bin')).toBe('one two three');
  });

  it('moves what is deleted to the trash, and brings it back', async () => {
    await drive.delete('notes.txt');
    expect(cloud.files.has('notes.txt')).toBe(false);
    await undo!();
    expect(cloud.textOf('notes.txt')).toBe('first');
  });

  it('gives Lab the status that it asks about when a name is taken', async () => {
    cloud.put('other.txt', 'x');
    await expect(drive.rename('notes.txt', 'other.txt')).rejects.toMatchObject({
      response: { status: 409 }
    });
  });

  it('keeps the ETag of a document through a rename', async () => {
    await drive.get('notes.txt');
    await drive.rename('notes.txt', 'renamed.txt');
    cloud.put('renamed.txt', 'theirs');
    await expect(drive.save('renamed.txt', text('mine'))).rejects.toThrow();
    expect(asked).toHaveLength(1);
  });

  it('finds a free name for a new file, and takes none that is there', async () => {
    cloud.put('untitled.txt', 'x');
    const model = await drive.newUntitled({ type: 'file' });
    expect(model.path).toBe('untitled 2.txt');
    expect(cloud.textOf('untitled.txt')).toBe('x');
  });
});
