import { Notification } from '@jupyterlab/apputils';
import type { SharePreviewRequest } from '@jupyterlab-deep/protocol';
import { FilesClient } from '../storage/filesClient';
import { AuthorKeyModel } from './authorKeyModel';
import { SharingClient } from './client';
import { OtherCommandIDs } from './commandIds';
import { showMyShares } from './myShares';
import { MySharesModel } from './mySharesModel';
import { SharingNotices } from './notices';
import { askForLink } from './openLinkDialog';
import { OpenLinkModel } from './openLinkModel';
import type { ISharingOptions } from './plugin';
import { askToShare } from './shareDialog';
import { ShareModel } from './shareModel';

const QUIET_MS = 8_000;

export function makeNotices({
  app: { commands },
  service,
  state,
  trans
}: ISharingOptions): SharingNotices {
  return new SharingNotices({
    service,
    state,
    trans,
    openModule: id => void commands.execute(OtherCommandIDs.openModule, { id }),
    showActivity: () => void commands.execute(OtherCommandIDs.showActivity)
  });
}

/** What the user shares, how to take it back, and the key that signs it. */
export async function showShares({
  service,
  trans
}: ISharingOptions): Promise<void> {
  const client = new SharingClient(service);
  const model = new MySharesModel(client, trans);
  await showMyShares(model, new AuthorKeyModel(client, trans), trans);
}

/** What lies behind a link is shown: one module on its page, several in the catalogue. */
export async function openLink({
  app,
  service,
  trans
}: ISharingOptions): Promise<void> {
  const model = new OpenLinkModel(new SharingClient(service), trans);
  const opened = await askForLink(model, trans);
  if (!opened) {
    return;
  }
  const [{ id }] = opened;
  if (opened.length === 1) {
    await app.commands.execute(OtherCommandIDs.openModule, { id });
    return;
  }
  await app.commands.execute(OtherCommandIDs.showCatalogue);
  Notification.info(
    trans._n(
      '%1 module is listed under “Shared with me”.',
      '%1 modules are listed under “Shared with me”.',
      opened.length,
      opened.length.toLocaleString()
    ),
    { autoClose: QUIET_MS }
  );
}

/** Asks how to share it; how it ends is told. */
export async function share(
  { service, trans }: ISharingOptions,
  notices: SharingNotices,
  what: SharePreviewRequest
): Promise<void> {
  const model = new ShareModel({
    client: new SharingClient(service),
    findPeople: (account, search, signal) =>
      new FilesClient(service, account).people(search, signal),
    what,
    trans
  });
  const run = await askToShare(model, trans);
  if (run) {
    notices.watch(run);
  }
}
