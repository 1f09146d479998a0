import { DeepError } from '@jupyterlab-deep/protocol';

/** Where a module listens. */
export interface IEndpoint {
  /** `http://host:port`; a fixed name for sockets. */
  origin: string;
  /** Path below which the API lies, without a slash at the end; often empty. */
  basePath: string;
  socketPath?: string;
  /** For messages: what a person would call it. */
  name: string;
  /** On this machine: no proxy is asked. */
  isLocal: boolean;
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** Understand `unix:/path` or `http(s)://host[:port][/base]`. */
export function parseEndpoint(endpoint: string): IEndpoint {
  if (endpoint.startsWith('unix:')) {
    const socketPath = endpoint.slice('unix:'.length);
    return {
      origin: 'http://localhost',
      basePath: '',
      socketPath,
      name: socketPath,
      isLocal: true
    };
  }
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new DeepError(
      'invalid-request',
      `“${endpoint}” is not the address of a module.`,
      { hint: 'Give one that begins with http://, https:// or unix:.' }
    );
  }
  return {
    origin: url.origin,
    basePath: url.pathname.replace(/\/+$/, ''),
    name: url.host,
    isLocal: LOOPBACK.test(url.hostname)
  };
}

/** `path` with the slash at its end that DEEPaaS wants. */
export const withSlash = (path: string): string =>
  path.endsWith('/') ? path : `${path}/`;
