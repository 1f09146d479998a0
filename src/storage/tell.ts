import { Notification, showErrorMessage } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { asRequestError } from '../service/errors';

/** Do something; a failure is told in a dialog. */
export async function orTell(
  title: string,
  work: () => Promise<unknown>,
  trans: TranslationBundle
): Promise<void> {
  try {
    await work();
  } catch (reason) {
    const { detail, hint } = asRequestError(reason, trans).problem;
    await showErrorMessage(title, hint ? `${detail} ${hint}` : detail);
  }
}

/** Short news that go by themselves. */
export const say = (words: string): void => {
  Notification.success(words, { autoClose: 4000 });
};
