import { X509Certificate } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import tls from 'node:tls';
import type { Dispatcher } from 'undici';
import { DeepError } from '@jupyterlab-deep/protocol';
import type { IEndpoint } from './endpoint';

const CONNECT_TIMEOUT_MS = 10_000;

/** How a module is reached. */
export interface IWire {
  endpoint: IEndpoint;
  /** Bearer token of a proxy before the module. */
  token?: string;
  /** Certificate authority in PEM form, beside those that the machine trusts. */
  ca?: string;
}

/**
 * @throws DeepError `invalid-request` when it is no certificate: TLS would leave it out without a word.
 */
export function checkAuthority(ca: string | undefined): void {
  try {
    if (ca !== undefined) {
      new X509Certificate(ca);
    }
  } catch (cause) {
    throw new DeepError(
      'invalid-request',
      'The certificate authority (`ca`) is not a certificate in PEM form.',
      { hint: 'Give the text of the file, from BEGIN CERTIFICATE on.', cause }
    );
  }
}

const authorities = (ca: string | undefined): { ca?: string[] } =>
  ca === undefined ? {} : { ca: [...tls.getCACertificates('default'), ca] };

/** Connections for bulk; what is not on this machine goes through the proxies of the environment. */
export async function makeDispatcher({
  endpoint: { isLocal, socketPath },
  ca
}: IWire): Promise<Dispatcher> {
  const { Agent, EnvHttpProxyAgent } = await import('undici');
  const trust = authorities(ca);
  const connect = { timeout: CONNECT_TIMEOUT_MS, socketPath, ...trust };
  return isLocal
    ? new Agent({ connect })
    : new EnvHttpProxyAgent({ connect, requestTls: connect, proxyTls: trust });
}

/** Options of axios for one control call: its own proxies would send https through a proxy in the clear. */
export function controlOptions({ endpoint, token, ca }: IWire): {
  headers: Record<string, string>;
  proxy: false;
  socketPath?: string;
  httpAgent?: http.Agent;
  httpsAgent?: https.Agent;
} {
  const { isLocal, socketPath } = endpoint;
  const proxyEnv = isLocal ? undefined : process.env;
  return {
    headers: token ? { Authorization: `Bearer ${token}` } : {},
    proxy: false,
    ...(socketPath
      ? { socketPath }
      : {
          httpAgent: new http.Agent({ proxyEnv }),
          httpsAgent: new https.Agent({ proxyEnv, ...authorities(ca) })
        })
  };
}
