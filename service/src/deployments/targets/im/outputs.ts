import { isSecretName } from '../shapes';

/** What templates call the address of the module, the clearest first. */
const ENDPOINTS = ['deepaas_endpoint', 'deepaas_url', 'endpoint'];

/** What a template gives when its machines are there. */
export interface IPlaces {
  endpoint?: string;
  pages: Record<string, string>;
}

/**
 * The addresses among a template's outputs. Passwords, credentials, keys and whatever is no address stay behind; a machine
 * without address gives `http://None:5000/`, which is none.
 */
export function placesOf(outputs: Record<string, unknown>): IPlaces {
  const found = Object.entries(outputs)
    .filter(([name]) => !isSecretName(name))
    .flatMap(([name, value]) => {
      const address = addressOf(value);
      return address === undefined ? [] : [[name, address] as const];
    });
  const addresses = new Map(found);
  const own = ENDPOINTS.find(name => addresses.has(name));
  const pages = found
    .filter(([name]) => !ENDPOINTS.includes(name))
    .map(([name, address]) => [pageName(name), address]);
  return {
    ...(own && { endpoint: addresses.get(own) }),
    pages: Object.fromEntries(pages)
  };
}

const pageName = (name: string): string =>
  name.replace(/_(endpoint|url)$/, '').toLowerCase();

function addressOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^https?:\/\//i.test(value)) {
    return undefined;
  }
  const url = URL.parse(value.trim());
  const isNone = !url || /^none$|^null$|[{}]/i.test(url.hostname);
  if (isNone || url.username || url.password) {
    return undefined;
  }
  return url.href.replace(/\/+$/, '');
}
