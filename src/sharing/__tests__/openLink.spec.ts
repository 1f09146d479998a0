import type { OpenLinkRequest, SharedModule } from '@jupyterlab-deep/protocol';
import { nullTranslator } from '@jupyterlab/translation';
import { DeepRequestError } from '../../service/errors';
import { OpenLinkModel } from '../openLinkModel';

const trans = nullTranslator.load('jupyterlab_deep');
const LINK = 'https://cloud.example.org/s/Ab3';

const refusal = (key: string, detail: string): DeepRequestError =>
  new DeepRequestError({
    type: `urn:jupyterlab-deep:${key}`,
    title: 'Refused',
    status: 403,
    detail
  });

describe('A link that somebody sent', () => {
  let asked: OpenLinkRequest[];
  let answers: (SharedModule[] | DeepRequestError)[];
  let model: OpenLinkModel;

  beforeEach(() => {
    asked = [];
    answers = [];
    const client = {
      openLink: async (request: OpenLinkRequest) => {
        asked.push(request);
        const answer = answers.shift()!;
        if (answer instanceof DeepRequestError) {
          throw answer;
        }
        return answer;
      }
    };
    model = new OpenLinkModel(client, trans);
  });
  afterEach(() => model.dispose());

  it('is asked for before anything can be opened', async () => {
    expect(model.canOpen).toBe(false);
    expect(await model.open()).toBeNull();
    model.setLink(` ${LINK} `);
    expect(model.canOpen).toBe(true);
    answers = [[{ id: 'shared/a' } as SharedModule]];
    expect(await model.open()).toHaveLength(1);
    expect(asked).toEqual([{ link: LINK }]);
  });

  it('that leads to a private host waits for a word, which another link needs anew', async () => {
    model.setLink(LINK);
    answers = [refusal('address-private', '10.0.0.1 is not public.'), []];
    expect(await model.open()).toBeNull();
    expect([model.privateWords, model.canOpen, model.error]).toEqual([
      '10.0.0.1 is not public.',
      false,
      null
    ]);
    model.confirm(true);
    await model.open();
    expect(asked[1]).toEqual({ link: LINK, allowPrivate: true });
    model.setLink('https://other.example.org/s/Ab3');
    expect([model.privateWords, model.isConfirmed]).toEqual([null, false]);
  });

  it('with a password first asks for it, and then says that one was wrong', async () => {
    model.setLink(LINK);
    answers = [
      refusal('link-password', 'It asks for one.'),
      refusal('link-password', 'Not this one.'),
      []
    ];
    await model.open();
    expect([model.needsPassword, model.error]).toEqual([true, null]);
    model.setPassword('a guess');
    await model.open();
    expect(model.error?.problem.detail).toBe('Not this one.');
    model.setPassword('feathers');
    expect(await model.open()).toEqual([]);
    expect(asked[2]).toEqual({ link: LINK, password: 'feathers' });
  });
});
