import { ISettings } from '../admin/config';
import { IKeptAccount } from './accountBook';
import { OidcClient } from './oidcClient';
import type { Providers } from './providers';

/** What a provider says of itself changes with its updates. */
const CLIENT_LIFE_MS = 3_600_000;

/** Whom is signed in at, and as which client. */
export interface IProviderPlace {
  issuer: string;
  clientId: string;
  allowPrivate: boolean;
}

/** Clients of the providers that accounts are of; each is opened when it is needed, and anew after a while. */
export class OidcClients {
  constructor(
    private readonly _parts: {
      providers: Providers;
      network: ISettings['network'];
    }
  ) {}

  async of({
    account: { id },
    allowPrivate = false,
    client
  }: IKeptAccount): Promise<OidcClient> {
    const known = this._known.get(id);
    if (known && Date.now() - known.openedAt < CLIENT_LIFE_MS) {
      return known.client;
    }
    const { issuer, clientId } = client as { issuer: string; clientId: string };
    const opened = await this.open({ issuer, clientId, allowPrivate });
    this._known.set(id, { client: opened, openedAt: Date.now() });
    return opened;
  }

  open({
    allowPrivate,
    clientId,
    issuer
  }: IProviderPlace): Promise<OidcClient> {
    const { network, providers } = this._parts;
    const client = providers.clientAt(issuer, clientId);
    return OidcClient.open(client, { network, allowPrivate });
  }

  keep(id: string, client: OidcClient): void {
    this._known.set(id, { client, openedAt: Date.now() });
  }

  forget(id: string): void {
    this._known.delete(id);
  }

  private readonly _known = new Map<
    string,
    { client: OidcClient; openedAt: number }
  >();
}
