import { DeepError } from '@jupyterlab-deep/protocol';
import { checkTyped, IAddressPolicy, isNamed } from '../admin/addresses';

/** A public link of a Nextcloud, taken apart. The token is a secret: whoever has it may read. */
export interface ILinkAddress {
  /** Base URL, without a slash at its end. */
  server: string;
  token: string;
}

const LINK = /^(.*?)(?:\/index\.php)?\/s\/([A-Za-z0-9_-]{1,100})(?:\/.*)?$/;

/** @throws DeepError `address-refused`; it never repeats the link, which is a secret */
export function linkAddressOf(typed: string): ILinkAddress {
  const url = URL.parse(typed.trim());
  const [, base, token] = LINK.exec(url?.pathname ?? '') ?? [];
  if (!url || token === undefined || !/^https?:$/.test(url.protocol)) {
    throw refused('This is not the address of a link of a Nextcloud.');
  }
  if (url.username || url.password) {
    throw refused('The address holds a name or a password.');
  }
  return { server: url.origin + base, token };
}

/**
 * Links come from others: public https only, unless their user has confirmed the host or the administrator has named it.
 *
 * @throws DeepError `address-private`, `address-refused`
 */
export async function checkLink(
  { server }: ILinkAddress,
  policy: IAddressPolicy
): Promise<void> {
  const url = new URL(server);
  await checkTyped(url, policy);
  if (url.protocol === 'http:' && !isNamed(url, policy.privateHosts ?? [])) {
    const isPublic = await checkTyped(url, {}).then(
      () => true,
      () => false
    );
    if (isPublic) {
      throw refused(
        'The link begins with http://: everybody on the way could read and change what it brings.'
      );
    }
  }
}

const refused = (says: string): DeepError =>
  new DeepError('address-refused', says, {
    hint: 'Give one such as https://cloud.example.org/s/… as its sender copied it.'
  });
