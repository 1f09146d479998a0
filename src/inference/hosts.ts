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

/** Where it computes, whoever runs it; null when that is this machine. */
export function placeOf(deployment: Deployment): string | null {
  const { target, targetId = target, endpoint = '' } = deployment;
  if (target === 'address') {
    return foreignHost(deployment);
  }
  if (target === 'process') {
    return null;
  }
  const host = parseUrl(endpoint)?.host ?? '';
  if (host !== '' && !isThisMachine(host)) {
    return host;
  }
  // A tunnel to another machine begins on this one: only the engine of this machine has no name of its own.
  return targetId === 'container' ? null : targetId.replace(/^[a-z]+:/, '');
}

/** Whether a host is the machine that Jupyter runs on. */
export function isThisMachine(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/.test(host);
}
