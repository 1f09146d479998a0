import { PageStandby } from '../standby';

describe('PageStandby', () => {
  let visibility: DocumentVisibilityState;
  let standby: PageStandby;
  let stops: number;

  beforeEach(() => {
    jest.useFakeTimers();
    jest
      .spyOn(document, 'visibilityState', 'get')
      .mockImplementation(() => visibility);
    standby = new PageStandby();
    stops = 0;
    standby.onStandby = () => stops++;
  });

  afterEach(() => {
    standby.dispose();
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  const become = (state: DocumentVisibilityState) => {
    visibility = state;
    document.dispatchEvent(new Event('visibilitychange'));
  };

  it('begins when the page was hidden for a minute, and ends with it', async () => {
    become('hidden');
    jest.advanceTimersByTime(59_000);
    expect(stops).toBe(0);
    jest.advanceTimersByTime(1000);
    expect(stops).toBe(1);
    expect(standby.isStandingBy).toBe(true);
    const visible = standby.visible();
    become('visible');
    await visible;
    expect(standby.isStandingBy).toBe(false);
  });

  it('does not begin when the page is looked at again soon', () => {
    become('hidden');
    jest.advanceTimersByTime(30_000);
    become('visible');
    jest.advanceTimersByTime(60_000);
    expect(stops).toBe(0);
  });

  it('lets nobody wait for ever when it is disposed of', async () => {
    become('hidden');
    jest.advanceTimersByTime(60_000);
    const visible = standby.visible();
    standby.dispose();
    await visible;
  });
});
