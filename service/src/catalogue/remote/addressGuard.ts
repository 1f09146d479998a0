import { lookup as lookUp } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP, LookupFunction } from 'node:net';
import { hostOf, isNamed, isPublicAddress } from '../../admin/addresses';
import { RemoteFailure } from './failure';

export interface IAddressGuardOptions {
  /** Addresses that a person has set up; received ones may only be public. */
  ownAddresses: readonly string[];
  /** A person has confirmed that the own ones are not public. */
  allowPrivate?: boolean;
  /** `name` or `name:port`, of the administrator. */
  privateHosts?: readonly string[];
  /** Names may be looked up by a proxy only. */
  hasProxy: boolean;
}

/** Says which addresses may be asked: what a catalogue or a redirect names may not lead into the own network. */
export class AddressGuard {
  constructor(private readonly _options: IAddressGuardOptions) {
    this._own = _options.ownAddresses.flatMap(
      address => URL.parse(address) ?? []
    );
  }

  /**
   * @returns Whether the address need not be public.
   * @throws RemoteFailure saying why it is not asked.
   */
  async check(url: URL): Promise<boolean> {
    const isOwn = this._own.some(({ origin }) => origin === url.origin);
    const mayBePrivate =
      (isOwn && this._options.allowPrivate === true) ||
      isNamed(url, this._options.privateHosts ?? []);
    refuseScheme(url, isOwn || mayBePrivate);
    if (!mayBePrivate) {
      await this._refusePrivate(url, isOwn);
    }
    return mayBePrivate;
  }

  /** Names are looked up where the connection is made, so that what was checked is what is reached; a proxy makes it elsewhere. */
  private async _refusePrivate(url: URL, isOwn: boolean): Promise<void> {
    const host = hostOf(url);
    if (isIP(host)) {
      refuseAddress(host, host);
    } else if (this._options.hasProxy) {
      const addresses = await lookup(host, { all: true }).catch(() => []);
      addresses.forEach(({ address }) => refuseAddress(host, address));
      if (addresses.length === 0 && !isOwn) {
        throw new RemoteFailure(
          `${host} is not asked: only the proxy may know this name, so it may not be public.`
        );
      }
    }
  }

  private readonly _own: readonly URL[];
}

function refuseScheme(url: URL, mayBeHttp: boolean): void {
  const isRight =
    url.protocol === 'https:' || (mayBeHttp && url.protocol === 'http:');
  if (!isRight) {
    throw new RemoteFailure(
      `${hostOf(url) || url.href} is not asked: its address does not begin with https://.`
    );
  }
  if (url.username || url.password) {
    throw new RemoteFailure(
      `${hostOf(url)} is not asked: its address holds a name or a password.`
    );
  }
}

function refuseAddress(host: string, address: string): void {
  if (!isPublicAddress(address)) {
    throw notPublic(host, address);
  }
}

const notPublic = (host: string, address: string): RemoteFailure =>
  new RemoteFailure(
    `${host === address ? host : `${host} (${address})`} is not asked: it is not a public address.`
  );

/** `dns.lookup` for connections that may go to public addresses only. */
export const lookupPublic: LookupFunction = (hostname, options, callback) =>
  lookUp(hostname, { ...options, all: true }, (error, addresses) => {
    const found = (addresses ?? []).find(
      ({ address }) => !isPublicAddress(address)
    );
    const failure = error ?? (found && notPublic(hostname, found.address));
    if (failure) {
      callback(failure, '', 0);
    } else if (options.all) {
      callback(null, addresses);
    } else {
      callback(null, addresses[0].address, addresses[0].family);
    }
  });
