import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DeepEvent, ProviderSetting } from '@jupyterlab-deep/protocol';
import type { IOidcProvider } from '../../../../stand-in/oidcProvider';
import { signInAs } from '../../../../stand-in/oidc/person';
import { until } from '../../__tests__/home';
import { EventStream } from '../../http/events';
import { openStore } from '../../store/database';
import { Store } from '../../store/store';
import { Accounts } from '../accounts';

/** Plain http on this machine is for tests: their administrator names it. */
export const NETWORK = { privateHosts: ['127.0.0.1'] };

/** The accounts over a store of their own, without HTTP of ours. */
export class AccountsHere {
  static async open(
    providers: ProviderSetting[],
    folder = mkdtempSync(path.join(tmpdir(), 'deep-accounts-')),
    env: Record<string, string> = {}
  ): Promise<AccountsHere> {
    const { database } = await openStore(folder);
    const store = new Store(folder, database);
    return new AccountsHere(folder, store, providers, env);
  }

  private constructor(
    readonly folder: string,
    private readonly _store: Store,
    private readonly _providers: ProviderSetting[],
    env: Record<string, string>
  ) {
    const events = new EventStream();
    const publish = events.publish.bind(events);
    events.publish = event => {
      this.events.push(event);
      publish(event);
    };
    this.accounts = new Accounts({
      store: this._store,
      events,
      settings: { network: NETWORK, providers: _providers },
      env,
      logger: { warn: (line: unknown) => this.warnings.push(line) }
    });
  }

  readonly accounts: Accounts;
  readonly events: DeepEvent[] = [];
  readonly warnings: unknown[] = [];

  /** Sign in at the first provider. @returns the account's id. */
  async signIn(login = 'ada', account?: string): Promise<string> {
    const [{ id: provider }] = this._providers;
    const { id, page } = await this.accounts.begin(
      account ? { account } : { provider }
    );
    await signInAs(login, page);
    const ended = await until(() => {
      const login = this.accounts.logins.get(id);
      return login.state === 'waiting' ? undefined : login;
    });
    if (!ended.account) {
      throw new Error(ended.error?.detail ?? ended.state);
    }
    return ended.account.id;
  }

  token(id: string): Promise<string> {
    return this.accounts.token(id, new AbortController().signal);
  }

  /** As the next service finds it. */
  async reopened(): Promise<AccountsHere> {
    this.close();
    return AccountsHere.open(this._providers, this.folder);
  }

  close(): void {
    this.accounts.close();
    this._store.close();
  }

  remove(): void {
    this.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const settingOf = ({
  issuer,
  clientId
}: IOidcProvider): ProviderSetting => ({
  id: 'test',
  title: 'Test provider',
  issuer,
  clientId
});
