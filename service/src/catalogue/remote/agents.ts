import type { Dispatcher } from 'undici';
import { ISettings } from '../../admin/config';
import { networkVariables } from '../../admin/network';
import { lookupPublic } from './addressGuard';

type Network = ISettings['network'];
type Variables = Record<string, string>;

/** As browsers do; enough, with some requests sent ahead on each, and no burden for anybody. */
const CONNECTIONS_A_HOST = 6;
const SENT_AHEAD = 4;
const CONNECT_TIMEOUT_MS = 5000;

/** How many requests to one host are worth being begun at once. */
export const REQUESTS_AT_ONCE = CONNECTIONS_A_HOST * SENT_AHEAD;

const proxyOf = (scheme: string, variables: Variables): string =>
  variables[`${scheme}_proxy`] || variables[`${scheme.toUpperCase()}_PROXY`];

/** Keeps connections: those for public addresses apart from those that may go anywhere. */
export class Agents {
  /**
   * The agents of one configuration are shared by all that send as many requests ahead, so that they share their connections.
   *
   * @param sentAhead Requests on a connection before the first is answered.
   */
  static of(network: Network, sentAhead = SENT_AHEAD): Agents {
    const all = Agents._known.get(network) ?? new Map<number, Agents>();
    const known = all.get(sentAhead) ?? new Agents(network, sentAhead);
    Agents._known.set(network, all.set(sentAhead, known));
    return known;
  }

  private constructor(
    network: Network,
    private readonly _sentAhead: number
  ) {
    this._variables = networkVariables(network, process.env);
  }

  get hasProxy(): boolean {
    return ['http', 'https'].some(scheme => proxyOf(scheme, this._variables));
  }

  /** Who makes connections of a URL's scheme. */
  of(url: URL, mayBePrivate: boolean): Promise<Dispatcher> {
    const scheme = url.protocol.slice(0, -1);
    const key = `${scheme} ${mayBePrivate}`;
    const known = this._agents.get(key) ?? this._make(scheme, mayBePrivate);
    this._agents.set(key, known);
    return known;
  }

  private async _make(
    scheme: string,
    mayBePrivate: boolean
  ): Promise<Dispatcher> {
    const { EnvHttpProxyAgent } = await import('undici');
    const proxy = proxyOf(scheme, this._variables) ?? '';
    return new EnvHttpProxyAgent({
      // Only that of the scheme: undici would take the one of http for https too.
      httpProxy: scheme === 'http' ? proxy : '',
      httpsProxy: scheme === 'https' ? proxy : '',
      noProxy: this._variables.no_proxy ?? this._variables.NO_PROXY ?? '',
      connections: CONNECTIONS_A_HOST,
      pipelining: this._sentAhead,
      connect: {
        timeout: CONNECT_TIMEOUT_MS,
        // A connection to a proxy is made without: the administrator named it.
        ...(!mayBePrivate && { lookup: lookupPublic })
      }
    });
  }

  private static readonly _known = new WeakMap<Network, Map<number, Agents>>();
  private readonly _variables: Variables;
  private readonly _agents = new Map<string, Promise<Dispatcher>>();
}
