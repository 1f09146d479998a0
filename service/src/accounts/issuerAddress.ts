import { isIP } from 'node:net';
import { DeepError } from '@jupyterlab-deep/protocol';
import { checkTyped, hostOf, isNamed } from '../admin/addresses';
import { ISettings } from '../admin/config';

/**
 * Check the address of an issuer: https, or http on this very machine where the administrator named its host in
 * `network.privateHosts`, which is for tests.
 *
 * @param allowPrivate It was confirmed by the user, or named by the administrator.
 * @throws DeepError `address-refused`, `address-private`
 */
export async function checkIssuer(
  issuer: string,
  network: ISettings['network'],
  allowPrivate: boolean
): Promise<void> {
  const url = URL.parse(issuer);
  const { privateHosts = [] } = network;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw refused(`“${issuer.slice(0, 200)}” is not the address of an issuer.`);
  }
  if (url.username || url.password || url.search || url.hash) {
    throw refused('The address of an issuer is a plain one.');
  }
  const mayBePlain = isOfThisMachine(url) && isNamed(url, privateHosts);
  if (url.protocol === 'http:' && !mayBePlain) {
    throw refused(
      `${hostOf(url)} is asked by https only: tokens travel there.`
    );
  }
  await checkTyped(url, { allowPrivate, privateHosts });
}

function isOfThisMachine(url: URL): boolean {
  const host = hostOf(url);
  return isIP(host) === 4 ? host.startsWith('127.') : host === '::1';
}

const refused = (says: string): DeepError =>
  new DeepError('address-refused', says, {
    hint: 'Give one such as https://login.example.org/realms/example.'
  });
