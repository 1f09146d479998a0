import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { DeepError } from '@jupyterlab-deep/protocol';

/** IPv4 blocks that are no place in the public network: IANA's registry of special-purpose addresses, and multicast. */
const SPECIAL_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4'
];

/** The same within 2000::/3, outside of which nothing is public; 2002:: and Teredo lead to an IPv4 address of anybody's choice. */
const SPECIAL_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const special = blocks(SPECIAL_IPV4, 'ipv4');
const special6 = blocks(SPECIAL_IPV6, 'ipv6');
const global6 = blocks(['2000::/3'], 'ipv6');
/** IPv4 in IPv6's clothes: mapped addresses, and translation where a network has only IPv6. */
const carried = blocks(['::ffff:0:0/96', '64:ff9b::/96'], 'ipv6');

function blocks(list: string[], family: 'ipv4' | 'ipv6'): BlockList {
  const made = new BlockList();
  for (const block of list) {
    const [net, prefix] = block.split('/');
    made.addSubnet(net, Number(prefix), family);
  }
  return made;
}

/** Whether an IP address is one of the public network: neither private, nor of this machine, nor of a special purpose. */
export function isPublicAddress(ip: string): boolean {
  const [address] = ip.split('%');
  switch (isIP(address)) {
    case 4:
      return !special.check(address, 'ipv4');
    case 6:
      return carried.check(address, 'ipv6')
        ? isPublicAddress(carriedIpv4(address))
        : global6.check(address, 'ipv6') && !special6.check(address, 'ipv6');
    default:
      return false;
  }
}

/** The IPv4 address in the last 32 bits of an IPv6 address. */
function carriedIpv4(address: string): string {
  const { hostname } = new URL(`http://[${address}]`);
  const groups = hostname.slice(1, -1).split(':').slice(-2);
  return groups
    .map(group => Number.parseInt(group || '0', 16))
    .flatMap(word => [word >> 8, word & 0xff])
    .join('.');
}

/** What allows an address that is not public. */
export interface IAddressPolicy {
  /** The user has confirmed it. */
  allowPrivate?: boolean;
  /** `name` or `name:port`, of the administrator: `network.privateHosts`. */
  privateHosts?: string[];
}

/** The host of a URL as people write it: IPv6 addresses without their brackets. */
export const hostOf = ({ hostname }: URL): string =>
  hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');

const DEFAULT_PORTS: Record<string, string> = {
  'http:': '80',
  'https:': '443'
};

/**
 * Refuse an address that a person typed when it is not public and nobody has allowed it. A name is looked up, and each of its
 * addresses counts.
 *
 * @throws DeepError `address-private` naming host and address; `address-refused` when its name cannot be looked up.
 */
export async function checkTyped(
  url: URL,
  policy: IAddressPolicy
): Promise<void> {
  if (policy.allowPrivate || isNamed(url, policy.privateHosts ?? [])) {
    return;
  }
  const host = hostOf(url);
  const addresses = isIP(host) ? [host] : await addressesOf(host, url);
  const found = addresses.find(address => !isPublicAddress(address));
  if (found !== undefined) {
    const name = found === host ? host : `${host} (${found})`;
    throw notPublic(`${name} is not a public address.`);
  }
}

/** Whether the administrator named the host of a URL, as `name` or `name:port`; IPv6 addresses with brackets or without. */
export function isNamed(url: URL, names: readonly string[]): boolean {
  const host = hostOf(url);
  const port = url.port || DEFAULT_PORTS[url.protocol];
  return names
    .map(name => name.toLowerCase().replace(/[[\]]/g, ''))
    .some(name => name === host || name === `${host}:${port}`);
}

async function addressesOf(host: string, url: URL): Promise<string[]> {
  try {
    const found = await lookup(host, { all: true });
    return found.map(({ address }) => address);
  } catch (error) {
    if (goesThroughProxy(url)) {
      throw notPublic(
        `${host} has no address that can be looked up from here; only the proxy may know it, so it may not be public.`
      );
    }
    const isUnknown = (error as NodeJS.ErrnoException).code === 'ENOTFOUND';
    throw new DeepError(
      'address-refused',
      isUnknown
        ? `There is no machine with the name ${host}.`
        : `The name ${host} cannot be looked up now: ${(error as Error).message}.`,
      { hint: 'Check how it is written, and the network.', cause: error }
    );
  }
}

/** Names that only a proxy knows are common where all traffic goes through one. */
function goesThroughProxy({ protocol }: URL): boolean {
  const name = protocol.replace(':', '_proxy');
  return [name, name.toUpperCase()].some(variable => process.env[variable]);
}

const notPublic = (says: string): DeepError =>
  new DeepError('address-private', says, {
    hint: 'It belongs to this machine or its own network: confirm that you mean it, or ask the administrator to name it in `network.privateHosts`.'
  });
