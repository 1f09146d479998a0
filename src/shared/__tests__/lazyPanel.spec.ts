import { Widget } from '@lumino/widgets';
import { waitFor } from '@testing-library/dom';
import { later } from '../../__tests__/connected';
import { LazyPanel } from '../lazyPanel';

const WORDS = {
  failed: (reason: unknown) => `Could not be loaded: ${String(reason)}`,
  retryLabel: 'Retry'
};

describe('LazyPanel', () => {
  it('loads nothing while it is hidden', () => {
    const load = jest.fn(async () => new Widget());
    const panel = new LazyPanel({ load, ...WORDS });
    panel.hide();
    Widget.attach(panel, document.body);
    expect(load).not.toHaveBeenCalled();
    panel.show();
    expect(load).toHaveBeenCalledTimes(1);
    panel.dispose();
  });

  it('says why the content is missing and tries again', async () => {
    const content = new Widget();
    const load = jest
      .fn<Promise<Widget>, []>()
      .mockRejectedValueOnce('Jupyter is away')
      .mockResolvedValueOnce(content);
    const panel = new LazyPanel({ load, ...WORDS });
    Widget.attach(panel, document.body);
    await waitFor(() =>
      expect(panel.node.textContent).toContain('Jupyter is away')
    );
    panel.node.querySelector('button')!.click();
    // Not toBe: its message would copy the widget with the whole page, which ends Node 24.
    await waitFor(() => expect(panel.content === content).toBe(true));
    expect(panel.node.textContent).toBe('');
    panel.dispose();
  });

  it('disposes of a content that arrives too late', async () => {
    const { promise, give } = later<Widget>();
    const panel = new LazyPanel({ load: () => promise, ...WORDS });
    Widget.attach(panel, document.body);
    panel.dispose();
    const content = new Widget();
    give(content);
    await waitFor(() => expect(content.isDisposed).toBe(true));
  });
});
