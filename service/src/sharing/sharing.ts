import path from 'node:path';
import type { Logger } from 'pino';
import { ISettings } from '../admin/config';
import { Catalogue } from '../catalogue/catalogue';
import { ModuleReader } from '../catalogue/metadata/readModule';
import { ISource } from '../catalogue/source';
import { ModelDirectory } from '../models/modelDirectory';
import { RunJournal } from '../runs/journal';
import { StorageAccounts } from '../storage/accounts/storageAccounts';
import { Transfers } from '../storage/transfers/transfers';
import { SecretBox } from '../store/secretBox';
import { Store } from '../store/store';
import { AuthorKeys } from './authorKey';
import { Fetching } from './fetching';
import { KnownShares } from './known';
import { OpenedLinks } from './openedLinks';
import { PublishedRecords } from './publishedRecords';
import { Publishing } from './publishing';
import { Received } from './received';
import { SharedSource } from './sharedSource';
import { UserKey } from './signing';

const FOLDER = 'sharing';

/** Modules that are shared, by this user and with this user. The catalogue is made with its source, and so before it. */
export class Sharing {
  constructor(private readonly _parts: Sharing.IParts) {
    const folder = path.join(_parts.store.folder, FOLDER);
    const { accounts, env, reader, settings, store } = _parts;
    const known = new KnownShares(path.join(folder, 'received.json'));
    const links = new OpenedLinks({
      file: path.join(folder, 'links.json'),
      box: new SecretBox(store.folder, env),
      network: settings.network
    });
    this.received = new Received({ accounts, known, links, folder });
    this.source = new SharedSource(
      this.received,
      reader,
      name => this.fetching.bring(name),
      (name, version) => this.fetching.noteUsed(name, version)
    );
  }

  readonly received: Received;
  readonly source: ISource;

  /** What it works with, all of which is made after it. */
  follow(others: Sharing.IOthers): void {
    const { accounts, env, logger, reader, store } = this._parts;
    const { catalogue, journal, transfers } = others;
    const folder = path.join(store.folder, FOLDER);
    const box = new SecretBox(store.folder, env);
    const key = new UserKey(path.join(folder, 'key.json'), box);
    this._keys = new AuthorKeys(key);
    this._publishing = new Publishing({
      accounts,
      catalogue,
      journal,
      key,
      logger,
      reader,
      records: new PublishedRecords(path.join(folder, 'published.json')),
      received: this.received,
      store,
      transfers
    });
    this._fetching = new Fetching({ ...others, received: this.received });
  }

  get publishing(): Publishing {
    return this._publishing!;
  }

  get keys(): AuthorKeys {
    return this._keys!;
  }

  get fetching(): Fetching {
    return this._fetching!;
  }

  private _keys?: AuthorKeys;
  private _publishing?: Publishing;
  private _fetching?: Fetching;
}

export namespace Sharing {
  export interface IParts {
    accounts: StorageAccounts;
    env: Record<string, string | undefined>;
    logger: Pick<Logger, 'warn'>;
    reader: ModuleReader;
    settings: Pick<ISettings, 'network'>;
    store: Store;
  }

  export interface IOthers {
    catalogue: Catalogue;
    directory: ModelDirectory;
    journal: RunJournal;
    transfers: Transfers;
  }
}
