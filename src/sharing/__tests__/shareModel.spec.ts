import type {
  PublishRequest,
  Run,
  SharePreview,
  StorageAccount
} from '@jupyterlab-deep/protocol';
import { nullTranslator } from '@jupyterlab/translation';
import { DeepRequestError } from '../../service/errors';
import { ShareModel } from '../shareModel';

const trans = nullTranslator.load('jupyterlab_deep');

const PREVIEW: SharePreview = {
  title: 'Seeds',
  name: 'seeds',
  kind: 'model',
  licence: 'MIT',
  version: '1.1.0',
  shared: ['1.0.0'],
  files: 4,
  sizeBytes: 4_000,
  leftOut: ['.env: hidden'],
  author: 'Ada',
  key: '4f2a 91c0 7be3 0d15'
};

const refusal = new DeepRequestError({
  type: 'urn:jupyterlab-deep:conflict',
  title: 'In the way of something else',
  status: 409,
  detail: 'Version 1.1.0 is shared already.'
});

describe('What is to be shared', () => {
  let asked: PublishRequest[];
  let answer: () => Promise<Run>;
  let model: ShareModel;

  beforeEach(async () => {
    asked = [];
    answer = async () => ({ id: 'r1' }) as Run;
    model = new ShareModel({
      client: {
        preview: async () => PREVIEW,
        clouds: async () => [
          { id: 'cloud', title: 'cloud.example.org · ada' } as StorageAccount
        ],
        folders: async () => ['/shared/modules'],
        publish: request => {
          asked.push(request);
          return answer();
        }
      },
      findPeople: async () => [],
      what: { module: 'mine/seeds' },
      trans
    });
    await model.load();
  });
  afterEach(() => model.dispose());

  it('is asked for with whom, version and a place', async () => {
    model.add({ id: 'botany', name: 'Botany', kind: 'group' });
    model.add({ id: 'botany', name: 'Botany', kind: 'group' });
    model.setLink(true);
    model.set({ version: ' 2.0.0 ', note: 'New' });
    expect(await model.share()).toMatchObject({ id: 'r1' });
    expect(asked).toMatchObject([
      {
        module: 'mine/seeds',
        to: { account: 'cloud' },
        with: [{ kind: 'group', with: 'botany' }, { kind: 'link' }],
        version: '2.0.0',
        licence: 'MIT',
        note: 'New'
      }
    ]);
  });

  it('names nobody on a disk, and forgets people of another place', async () => {
    model.add({ id: 'grace', name: 'Grace', kind: 'person' });
    model.setPlace('/shared/modules');
    expect(model.receivers).toEqual([]);
    model.setLink(true);
    await model.share();
    expect(asked[0]).toMatchObject({
      to: { path: '/shared/modules' },
      with: []
    });
  });

  it('stays to be changed when it was refused', async () => {
    answer = () => Promise.reject(refusal);
    expect(await model.share()).toBeNull();
    expect(model.error?.key).toBe('conflict');
    model.set({ version: '1.2.0' });
    expect([model.error, model.canShare]).toEqual([null, true]);
    model.set({ version: ' ' });
    expect(model.canShare).toBe(false);
  });
});
