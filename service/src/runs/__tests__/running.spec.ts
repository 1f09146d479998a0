import { TestHome } from '../../__tests__/home';
import { Turns } from '../../inference/turns';
import { RunsHere } from './runsHere';

describe('a run that is cancelled', () => {
  let home: TestHome;
  let here: RunsHere;

  beforeEach(async () => {
    home = new TestHome();
    here = await RunsHere.open(home);
  });
  afterEach(() => {
    here.store.close();
    home.remove();
  });

  it('stays until its work has stopped, and stays cancelled', async () => {
    const { running, journal } = here;
    const id = here.begin();
    const late = Promise.withResolvers<object>();
    const work = running.carryOut(id, () => late.promise);
    await expect(running.remove(id)).rejects.toMatchObject({
      detail: expect.stringContaining('still at work')
    });
    running.cancel(id);
    await expect(running.remove(id)).rejects.toMatchObject({
      key: 'conflict',
      hint: expect.stringContaining('in a moment')
    });
    late.resolve({});
    await work;
    expect(journal.get(id).state).toBe('cancelled');
    await running.remove(id);
    expect(() => journal.get(id)).toThrow('There is no run');
  });

  it('leaves its place in the queue at once', async () => {
    const turns = new Turns(1);
    const first = Promise.withResolvers<string>();
    const { signal } = new AbortController();
    const running = turns.take('m', signal, () => first.promise);
    const second = new AbortController();
    const waiting = turns.take('m', second.signal, async () => 'second');
    const third = turns.take('m', signal, async () => 'third');
    second.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    first.resolve('first');
    expect(await running).toBe('first');
    expect(await third).toBe('third');
  });
});

it('knows how young the youngest at work is', async () => {
  const home = new TestHome();
  const here = await RunsHere.open(home);
  expect(here.journal.youngestMs).toBeUndefined();
  const id = here.begin();
  expect(here.journal.youngestMs).toBeLessThan(10_000);
  here.journal.end(id, 'succeeded');
  expect(here.journal.youngestMs).toBeUndefined();
  here.store.close();
  home.remove();
});
