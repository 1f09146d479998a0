import { DeepError } from '@jupyterlab-deep/protocol';
import { checkTyped } from '../../admin/addresses';
import { ISettings } from '../../admin/config';
import { Exchange } from '../dav/exchange';
import { readStatus } from '../nextcloud/probe';
import { mended, serverAddresses } from './serverAddress';

/** A login that the server has opened. */
export interface IOpenedLogin {
  server: string;
  /** Where the user grants it. */
  page: string;
  endpoint: string;
  token: string;
}

/** What a granted login gives, once. */
export interface IGrantedLogin {
  loginName: string;
  appPassword: string;
}

/** Requests before there is a password. */
export function openExchange(
  server: string,
  network: ISettings['network'],
  allowPrivate: boolean
): Exchange {
  return new Exchange({
    server,
    network,
    allowPrivate,
    authorization: () => ''
  });
}

/**
 * Begin a login by Nextcloud's Login Flow v2 (developer manual, *login flow*).
 *
 * @throws DeepError `address-refused`, `address-private`, `storage-refused` when it is no Nextcloud, `storage-unreachable`
 */
export async function openLogin(
  typed: string,
  network: ISettings['network'],
  allowPrivate: boolean
): Promise<IOpenedLogin> {
  const [server, exchange] = await findServer(typed, network, allowPrivate);
  const text = await exchange.text({
    method: 'POST',
    url: `${server}/index.php/login/v2`,
    act: 'begin a login'
  });
  const { poll, login } = parse<{
    poll?: { token?: string; endpoint?: string };
    login?: string;
  }>(text, exchange.host);
  if (!poll?.token || !poll.endpoint || !login) {
    throw strange(exchange.host);
  }
  return {
    server,
    page: mended(login, server),
    endpoint: mended(poll.endpoint, server),
    token: poll.token
  };
}

/** @returns undefined while nobody has granted it. */
export async function pollLogin(
  exchange: Exchange,
  endpoint: string,
  token: string
): Promise<IGrantedLogin | undefined> {
  const reply = await exchange.send({
    method: 'POST',
    url: endpoint,
    act: 'say whether the login was granted',
    taken: [404],
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ token }).toString()
  });
  const text = await reply.body.text();
  if (reply.statusCode === 404) {
    return undefined;
  }
  const { loginName, appPassword } = parse<Partial<IGrantedLogin>>(
    text,
    exchange.host
  );
  if (!loginName || !appPassword) {
    throw strange(exchange.host);
  }
  return { loginName, appPassword };
}

async function findServer(
  typed: string,
  network: ISettings['network'],
  allowPrivate: boolean
): Promise<[server: string, exchange: Exchange]> {
  const [first, ...others] = serverAddresses(typed);
  try {
    return await checkServer(first, network, allowPrivate);
  } catch (error) {
    // Whoever typed no scheme may mean http, which only private servers may have.
    const mayBeOther =
      error instanceof DeepError && error.key === 'storage-unreachable';
    if (!mayBeOther || others.length === 0 || !allowPrivate) {
      throw error;
    }
    return checkServer(others[0], network, allowPrivate);
  }
}

async function checkServer(
  server: string,
  network: ISettings['network'],
  allowPrivate: boolean
): Promise<[server: string, exchange: Exchange]> {
  const { privateHosts } = network;
  await checkTyped(new URL(server), { allowPrivate, privateHosts });
  const exchange = openExchange(server, network, allowPrivate);
  if (!(await readStatus(exchange, server))) {
    throw new DeepError(
      'storage-refused',
      `${exchange.host} is no Nextcloud: it does not answer at ${server}/status.php as one does.`,
      {
        hint: 'Check the address; a plain WebDAV server is linked by its name and password.'
      }
    );
  }
  return [server, exchange];
}

function parse<T>(text: string, host: string): T {
  try {
    return JSON.parse(text);
  } catch {
    throw strange(host);
  }
}

const strange = (host: string): DeepError =>
  new DeepError(
    'storage-refused',
    `${host} did not answer the login as a Nextcloud does.`,
    { hint: 'It may have logins of this kind switched off.' }
  );
