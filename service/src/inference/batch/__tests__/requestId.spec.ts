import { BatchHere } from './batchHere';

describe('a batch that is asked for twice', () => {
  let here: BatchHere;
  const requestId = 'asked-for-twice';

  beforeEach(async () => {
    here = await BatchHere.open();
    here.addFiles(20);
  });

  afterEach(() => here.close());

  it('is one run by its requestId, while it begins and after its end', async () => {
    const both = [1, 2].map(() => here.begin('**/*', { requestId }));
    const [id, again] = await Promise.all(both);
    expect(again).toBe(id);
    expect((await here.ended(id)).progress).toMatchObject({ done: 20 });
    expect(await here.begin('**/*', { requestId })).toBe(id);
    expect(here.sent).toHaveLength(20);
    const { runs } = (await here.service.get('/runs')).json;
    expect(runs).toHaveLength(1);
  });

  it('is another run without one', async () => {
    const id = await here.begin();
    expect(await here.begin()).not.toBe(id);
  });

  it('is refused when something else was asked for by the same requestId', async () => {
    await here.begin('**/*', { requestId });
    await expect(here.begin('*.jpg', { requestId })).rejects.toThrow();
    await expect(here.begin('f1*', { requestId })).rejects.toThrow(
      /requestId of its own/
    );
  });

  it('can be begun by a requestId that was refused before', async () => {
    await expect(here.begin('*.jpg', { requestId })).rejects.toThrow();
    const id = await here.begin('**/*', { requestId });
    expect((await here.ended(id)).state).toBe('succeeded');
  });
});
