import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { CommandIDs } from './commandIds';

const PARAMETER = 'deep-module';
const ID = /^[a-z0-9-]+\/[A-Za-z0-9._-]+$/;

/**
 * Opens the page of the module that `?deep-module=<id>` of Lab's address names, and takes it out of the address. It only navigates:
 * anybody can write a link.
 */
export async function followDeepLink(
  app: JupyterFrontEnd,
  trans: TranslationBundle
): Promise<void> {
  // Lab rewrites its address while it starts.
  const id = new URL(window.location.href).searchParams.get(PARAMETER);
  if (id === null) {
    return;
  }
  await app.restored;
  const { href } = window.location;
  const url = new URL(href);
  url.searchParams.delete(PARAMETER);
  window.history.replaceState(window.history.state, '', url);
  if (!ID.test(id)) {
    Notification.error(
      trans.__(
        'The link names no module: “%1”. An id looks like builtin/image-classifier.',
        id.slice(0, 100)
      )
    );
    return;
  }
  await app.commands.execute(CommandIDs.openModule, { id });
}
