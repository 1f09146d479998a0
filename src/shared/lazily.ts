import { showErrorMessage } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

/** Loads something once, at its first use; after a failure it is tried again, since Jupyter may have been away. */
export function lazily<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () =>
    (loading ??= load().catch(reason => {
      loading = undefined;
      throw reason;
    }));
}

/** Does something with code that Jupyter has to bring first, and tells a person where it could not. */
export async function withLoaded<T>(
  load: () => Promise<T>,
  work: (loaded: T) => unknown,
  trans: TranslationBundle
): Promise<void> {
  let loaded: T;
  try {
    loaded = await load();
  } catch (reason) {
    await showErrorMessage(
      trans.__('Jupyter could not bring what this needs'),
      trans.__(
        'Check that Jupyter still runs and try again; after an update, load this page anew. (%1)',
        reason instanceof Error ? reason.message : String(reason)
      )
    );
    return;
  }
  await work(loaded);
}
