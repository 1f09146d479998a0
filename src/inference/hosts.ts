import type { Deployment } from '@jupyterlab-deep/protocol';
import { parseUrl } from './webUrl';

/** The host of an address as people type it, with or without a scheme; what was typed when it is none. */
export function hostOf(address: string): string {
  const text = address.trim();
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  return parseUrl(url)?.host || text;
}

/** Where somebody else runs it; null when it runs on this machine. */
export function foreignHost({ target, endpoint }: Deployment): string | null {
  return target === 'address' ? hostOf(endpoint ?? '') : null;
}

/** Whether a host is the machine that Jupyter runs on. */
export function isThisMachine(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/.test(host);
}
