import type { KeyImport, KeyImportRequest } from '@jupyterlab-deep/protocol';
import { nullTranslator } from '@jupyterlab/translation';
import { DeepRequestError } from '../../service/errors';
import { AuthorKeyModel } from '../authorKeyModel';

const trans = nullTranslator.load('jupyterlab_deep');
const OLD = '1111 1111 1111 1111';
const NEW = '2222 2222 2222 2222';

describe('The key of an author', () => {
  let asked: KeyImportRequest[];
  let answer: (request: KeyImportRequest) => KeyImport;
  let model: AuthorKeyModel;

  beforeEach(async () => {
    asked = [];
    answer = ({ replaces }) => ({
      key: NEW,
      replaces: OLD,
      isDone: replaces === OLD
    });
    model = new AuthorKeyModel(
      {
        key: async () => OLD,
        exportKey: async () => ({ key: OLD, name: 'k.json', file: '{}' }),
        importKey: async request => {
          asked.push(request);
          return answer(request);
        }
      },
      trans
    );
    await model.load();
  });
  afterEach(() => model.dispose());

  it('is replaced only by a second word, which names the one before', async () => {
    await model.look('{}', 'a passphrase');
    expect([model.asked?.key, model.key]).toEqual([NEW, OLD]);
    await model.answer(true);
    expect([model.asked, model.key]).toEqual([null, NEW]);
    expect(asked).toEqual([
      { file: '{}', passphrase: 'a passphrase' },
      { file: '{}', passphrase: 'a passphrase', replaces: OLD }
    ]);
  });

  it('stays when its user thinks better of it, and when the file has the same', async () => {
    await model.look('{}', 'a passphrase');
    await model.answer(false);
    expect([model.asked, model.key, asked.length]).toEqual([null, OLD, 1]);
    answer = () => ({ key: OLD, replaces: OLD, isDone: true });
    await model.look('{}', 'a passphrase');
    expect(model.asked).toBeNull();
    expect(model.news).toContain('signs here already');
  });

  it('says why a file was refused', async () => {
    answer = () => {
      throw new DeepRequestError({
        type: 'urn:jupyterlab-deep:invalid-arguments',
        title: 'Some arguments are not valid',
        status: 422,
        detail: 'The passphrase does not open this file.'
      });
    };
    await model.look('{}', 'wrong');
    expect(model.error?.problem.detail).toContain('does not open');
    expect([model.asked, model.isBusy]).toEqual([null, false]);
  });

  it('is exported, and says under which name', async () => {
    expect(await model.export('a passphrase')).toMatchObject({
      name: 'k.json'
    });
    expect(model.news).toContain('k.json');
  });
});
