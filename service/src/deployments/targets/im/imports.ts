import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { DeepError } from '@jupyterlab-deep/protocol';
import { hostOf, isNamed, isPublicAddress } from '../../../admin/addresses';
import { isRecord } from '../shapes';
import type { ITemplate } from './template';

/** Keys whose texts the Infrastructure Manager fetches when they are addresses. */
const FETCHED = new Set(['implementation', 'primary', 'dependencies', 'file']);
const SCHEME = /^[a-z][a-z0-9+.-]*:/i;

/** Whatever a template lets the Infrastructure Manager fetch: type definitions, scripts, files. */
export function addressesOf({ content }: Pick<ITemplate, 'content'>): string[] {
  const repositories = isRecord(content.repositories)
    ? Object.values(content.repositories).flatMap(each =>
        textsOf(isRecord(each) ? each.url : each)
      )
    : [];
  return [
    ...new Set([
      ...importsOf(content.imports),
      ...repositories,
      ...fetchedOf(content.topology_template),
      ...fetchedOf(content.node_types)
    ])
  ];
}

/** A list of addresses, of names with addresses, or of names with `file`. */
const importsOf = (imports: unknown): string[] =>
  (Array.isArray(imports) ? imports : []).flatMap(each =>
    isRecord(each) ? Object.values(each).flatMap(importedOf) : textsOf(each)
  );

const importedOf = (each: unknown): string[] =>
  isRecord(each) ? textsOf(each.file) : textsOf(each);

function fetchedOf(value: unknown, isFetched = false): string[] {
  if (Array.isArray(value)) {
    return value.flatMap(each => fetchedOf(each, isFetched));
  }
  if (isRecord(value)) {
    return Object.entries(value).flatMap(([key, each]) =>
      fetchedOf(each, FETCHED.has(key))
    );
  }
  return isFetched ? textsOf(value).filter(text => SCHEME.test(text)) : [];
}

const textsOf = (value: unknown): string[] =>
  typeof value === 'string' ? [value] : [];

/**
 * Refuse a template that would let the Infrastructure Manager fetch something that is not on the public web by https.
 *
 * @param privateHosts Of the administrator: `name` or `name:port`.
 * @throws DeepError `address-refused`
 */
export async function checkAddresses(
  template: ITemplate,
  privateHosts: readonly string[]
): Promise<void> {
  for (const address of addressesOf(template)) {
    const why = await refusalOf(address, privateHosts);
    if (why) {
      throw new DeepError(
        'address-refused',
        `The template ${template.title} (${template.from}) lets the Infrastructure Manager fetch ${address}: ${why}`,
        {
          hint: 'Templates may name public https addresses; the administrator allows others by their host in `network.privateHosts`.'
        }
      );
    }
  }
}

async function refusalOf(
  address: string,
  privateHosts: readonly string[]
): Promise<string | undefined> {
  const url = SCHEME.test(address) ? URL.parse(address) : null;
  if (!url) {
    return 'it is a path on that machine, not an address.';
  }
  if (/^https?:$/.test(url.protocol) && isNamed(url, privateHosts)) {
    return undefined;
  }
  if (url.protocol !== 'https:') {
    return 'it does not begin with https://.';
  }
  if (url.username || url.password) {
    return 'it holds a name or a password.';
  }
  const host = hostOf(url);
  const found = isIP(host) ? [host] : await lookedUp(host);
  return found.every(isPublicAddress)
    ? undefined
    : `${host} is not a public address.`;
}

/** A name that is not known here may be known there, where it is fetched: it is no name of our own network. */
const lookedUp = (host: string): Promise<string[]> =>
  lookup(host, { all: true }).then(
    found => found.map(({ address }) => address),
    () => []
  );
