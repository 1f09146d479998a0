import { type IModel, loadModel } from '..';
import { buildWorkers, CAT, LITE0 } from './surroundings';

jest.setTimeout(60_000);

describe('A prediction that nobody wants', () => {
  let model: IModel;

  beforeAll(async () => {
    buildWorkers();
    model = await loadModel(LITE0, { workers: 1, threads: 1 });
  });

  afterAll(() => model.release());

  it('is not begun when it was cancelled before', async () => {
    const signal = AbortSignal.abort();
    await expect(model.predict({ image: CAT }, { signal })).rejects.toThrow(
      'cancelled'
    );
  });

  it('keeps nothing: hundreds leave as much room as before', async () => {
    const given = Array.from({ length: 200 }, async () => {
      const aborter = new AbortController();
      const done = model.predict({ image: CAT }, { signal: aborter.signal });
      aborter.abort();
      return done;
    });
    const ends = await Promise.allSettled(given);
    expect(ends.every(({ status }) => status === 'rejected')).toBe(true);
    const wanted = Array.from({ length: 32 }, () =>
      model.predict({ image: CAT, top_k: 1 })
    );
    for (const one of await Promise.all(wanted)) {
      expect(one).toMatchObject({ labels: ['Egyptian Mau'] });
    }
  });
});
