import { randomUUID } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import type {
  AuthorKey,
  ExportedKey,
  KeyImport,
  KeyImportRequest,
  OpenLinkRequest,
  Publication,
  Publications,
  PublishRequest,
  ReceivedModules,
  SharedModule,
  Withdrawal
} from '@jupyterlab-deep/protocol';
import { DeepError } from '@jupyterlab-deep/protocol';
import { catalogue } from '../catalogue';
import { service } from '../connection';
import { shownAs } from '../display/bundle';
import { carryOut, type ITransferOptions } from '../storage/transfer';
import { TrainingRun } from '../training';
import { ReceivedModule, SharedByMe } from './modules';
import { placeFor, receiverOf } from './place';
import { publishedBundle, receivedBundle } from './shown';

export { ReceivedModule, SharedByMe } from './modules';

/**
 * What is shared: a folder with a module, the id of a module, anything that has one (what `run.model()`, `modules.open` or
 * `models.save` gave), or a training, whose model is waited for.
 */
export type SharedThing = string | { readonly id: string } | TrainingRun;

export interface IPublishOptions extends ITransferOptions {
  /** `group:botany`, `person:grace` or `grace`, `link`. Nobody by default: it lies in your cloud then. */
  with?: string | readonly string[];
  /** Newer than what was shared by default. */
  version?: string;
  /** A linked account (`cloud`), or a folder that others see too (`/shared/modules`, `./shared`). The linked Nextcloud by default. */
  to?: string;
  name?: string;
  licence?: string;
  /** To those who receive it. */
  note?: string;
  /** Path of a notebook that goes along. */
  notebook?: string;
}

export interface IOpenLinkOptions {
  /** Where the link has one. */
  password?: string;
  /** The link's host need not be public: you know it. */
  allowPrivate?: boolean;
  signal?: AbortSignal;
}

const MODULE_ID = /^[a-z0-9-]+\/[A-Za-z0-9._-]+$/;

/** Modules shared with colleagues: yours with them, theirs with you. */
export const sharing = {
  /**
   * Share a version of a module, signed with your key, and wait until it is there.
   *
   * ```ts
   * const mine = await run.model();
   * await sharing.publish(mine, { with: ['group:botany'], version: '1.1.0' });
   * ```
   *
   * @throws DeepError `conflict` of a version that is shared already, `module-broken`, `storage-full`, `storage-refused`
   */
  async publish(
    what: SharedThing,
    options: IPublishOptions = {}
  ): Promise<SharedByMe> {
    const { notebook, signal, cancelsRun, ...about } = options;
    const body: PublishRequest = {
      ...(await whatOf(what, signal)),
      to: await placeFor(options.to, signal),
      with: [options.with ?? []].flat().map(receiverOf),
      ...given(about),
      ...(notebook && {
        notebook: { from: 'path', path: path.resolve(notebook) }
      }),
      // The connection asks again when an answer was lost.
      requestId: randomUUID()
    };
    const { id } = await carryOut('/sharing/publications', body, {
      signal,
      cancelsRun
    });
    const all = await publications(signal);
    const found = all.find(each => each.versions.some(({ run }) => run === id));
    if (!found) {
      throw new DeepError('not-found', 'It was taken back in the meantime.');
    }
    return new SharedByMe(found, versionOf(found, id));
  },

  /** What you have shared from here; shown as a table. */
  async published(
    options: { signal?: AbortSignal } = {}
  ): Promise<SharedByMe[]> {
    const all = await publications(options.signal);
    const found = all.map(each => new SharedByMe(each));
    return shownAs(found, publishedBundle);
  },

  /**
   * What colleagues share with you, looked at anew; shown as a table.
   *
   * ```ts
   * const [leaves] = await sharing.received();
   * const m = await leaves.open();
   * ```
   */
  async received(
    options: { signal?: AbortSignal } = {}
  ): Promise<ReceivedModule[]> {
    await catalogue.refresh('shared', options);
    const { modules, problems } = await service.json<ReceivedModules>(
      '/sharing/received',
      options
    );
    const found = modules.map(each => new ReceivedModule(each));
    return shownAs(found, all => receivedBundle(all, problems));
  },

  /**
   * Open a link that somebody sent (`https://cloud.example.org/s/…`): what lies behind it is listed from then on, checked as any other
   * share. It needs no account.
   *
   * ```ts
   * const [leaves] = await sharing.open('https://cloud.example.org/s/Ab3…', { password });
   * await leaves.copy('leaves');
   * ```
   *
   * @throws DeepError `link-password`, `not-found` of a link that is gone or has no module, `address-private`, `address-refused`
   */
  async open(
    link: string,
    options: IOpenLinkOptions = {}
  ): Promise<ReceivedModule[]> {
    const { signal, ...about } = options;
    const body: OpenLinkRequest = { link, ...about };
    const { modules } = await service.json<{ modules: SharedModule[] }>(
      '/sharing/links',
      { method: 'POST', body, signal }
    );
    const found = modules.map(each => new ReceivedModule(each));
    return shownAs(found, all => receivedBundle(all, []));
  },

  /**
   * Take back what you shared: all of a module, or one version. Copies that colleagues have made stay theirs.
   *
   * @throws DeepError `not-found`
   */
  async withdraw(
    what: string | SharedByMe,
    options: { version?: string; from?: string; signal?: AbortSignal } = {}
  ): Promise<void> {
    const { version, from, signal } = options;
    const known = typeof what === 'string' ? undefined : what;
    const body: Withdrawal = {
      ...(known ? known.place : { ...(await placeFor(from, signal)) }),
      name: known ? known.name : (what as string),
      ...(version && { version })
    };
    await service.request('/sharing/withdrawals', {
      method: 'POST',
      body,
      signal
    });
  },

  /** Fingerprint of the key that signs what you share. */
  async key(options: { signal?: AbortSignal } = {}): Promise<string> {
    return (await service.json<AuthorKey>('/sharing/key', options)).key;
  },

  /**
   * Write your key to a file that only the passphrase (ten letters and more) opens, for another machine of yours. Ask for the passphrase:
   * what is written in a notebook is read by whoever has the notebook.
   *
   * @returns its fingerprint
   * @throws what the disk says; `EEXIST` of a file that is there
   */
  async exportKey(
    file: string,
    passphrase: string,
    { signal }: { signal?: AbortSignal } = {}
  ): Promise<string> {
    const exported = await service.json<ExportedKey>('/sharing/key/export', {
      method: 'POST',
      body: { passphrase },
      signal
    });
    await writeFile(file, exported.file, { mode: 0o600, flag: 'wx' });
    return exported.key;
  },

  /**
   * Sign with the key of such a file from now on. Without `replaces`, the fingerprint of the key that signs here now (`sharing.key()`),
   * nothing is changed: both fingerprints are told.
   *
   * @throws DeepError `invalid-arguments` of another file or passphrase; `conflict` when another key signs here
   */
  async importKey(
    file: string,
    passphrase: string,
    { replaces, signal }: { replaces?: string; signal?: AbortSignal } = {}
  ): Promise<KeyImport> {
    const body: KeyImportRequest = {
      file: await readFile(file, 'utf8'),
      passphrase,
      ...(replaces && { replaces })
    };
    return service.json<KeyImport>('/sharing/key/import', {
      method: 'POST',
      body,
      signal
    });
  }
};

const publications = async (signal?: AbortSignal): Promise<Publication[]> =>
  (await service.json<Publications>('/sharing/publications', { signal }))
    .publications;

const versionOf = ({ versions }: Publication, run: string): string =>
  versions.find(each => each.run === run)!.version;

async function whatOf(
  what: SharedThing,
  signal: AbortSignal | undefined
): Promise<Pick<PublishRequest, 'module' | 'folder'>> {
  if (what instanceof TrainingRun) {
    return { module: await what.modelId({ signal }) };
  }
  const named = typeof what === 'string' ? what : what.id;
  const folder = path.resolve(named);
  const info = await stat(folder).catch(() => undefined);
  if (typeof what === 'string' && info?.isDirectory()) {
    return { folder: { from: 'path', path: folder } };
  }
  if (MODULE_ID.test(named)) {
    return { module: named };
  }
  throw new DeepError(
    'invalid-arguments',
    `“${named}” is neither a folder nor the id of a module.`,
    {
      hint: 'Give the path of a model folder or Python project, or an id such as mine/seeds.'
    }
  );
}

/** What is not said is left to the service. */
const given = ({
  version,
  name,
  licence,
  note
}: IPublishOptions): Partial<PublishRequest> => ({
  ...(version && { version }),
  ...(name && { name }),
  ...(licence && { licence }),
  ...(note && { note })
});
