import { capabilities, appPassword, cloudUser, ocs } from './ocs.ts';
import { dav } from './dav/routes.ts';
import type { Exchange } from './exchange.ts';
import { DavError, notAuthenticated } from './failures.ts';
import { directLink, links } from './links.ts';
import { login } from './login.ts';
import { work } from './pace.ts';
import type { Workers } from './pace.ts';
import type { IParts } from './parts.ts';
import { controlled } from './control.ts';
import type { ILoggedRequest } from './server.ts';
import { SHARING_ROUTES } from './sharing.ts';
import { makeTrouble } from './trouble.ts';

/** A request with the account's own password instead of an app password takes so long more. */
const ACCOUNT_PASSWORD_MS = 1100;

const OCS_ROUTES = {
  '/cloud/user': cloudUser,
  '/cloud/capabilities': capabilities,
  '/core/apppassword': appPassword,
  '/apps/dav/api/v1/direct': directLink,
  ...SHARING_ROUTES
};

const STATUS = {
  installed: true,
  maintenance: false,
  needsDbUpgrade: false,
  version: '32.0.1.2',
  versionstring: '32.0.1',
  edition: '',
  productname: 'Nextcloud',
  extendedSupport: false
};

const OLD_VERSION = { version: '28.0.14.1', versionstring: '28.0.14' };

/** Who asks. Wrong passwords count against the address. @throws 401 */
function authenticate(parts: IParts, exchange: Exchange): void {
  const [, coded] =
    /^Basic (.+)$/i.exec(exchange.header('authorization') ?? '') ?? [];
  if (coded === undefined || exchange.path.startsWith('/public.php/')) {
    return;
  }
  const [name, ...password] = Buffer.from(coded, 'base64')
    .toString()
    .split(':');
  const known = parts.users.authenticate(name!, password.join(':'));
  if (!known) {
    parts.throttle.failed(exchange.request.socket.remoteAddress ?? '');
    throw notAuthenticated(
      'Cannot authenticate over ajax calls, Username or password was incorrect'
    );
  }
  exchange.user = known.user;
  exchange.appPassword = known.appPassword;
}

/** 429 for whatever a throttled address asks, with the right password too. */
function isThrottled(parts: IParts, exchange: Exchange): boolean {
  const address = exchange.request.socket.remoteAddress ?? '';
  if (!parts.throttle.isLocked(address)) {
    return false;
  }
  exchange.request.resume();
  exchange.sendJson(429, { message: 'Too many requests' });
  return true;
}

async function route(parts: IParts, exchange: Exchange): Promise<void> {
  const { path } = exchange;
  authenticate(parts, exchange);
  if (parts.pace) {
    const isSlow = exchange.user && !exchange.appPassword;
    await work(parts.pace.requestMs + (isSlow ? ACCOUNT_PASSWORD_MS : 0));
  }
  if (path === '/status.php') {
    exchange.sendJson(200, {
      ...STATUS,
      ...(parts.switches.oldLinks && OLD_VERSION)
    });
  } else if (/^\/remote\.php\/(web)?dav(\/|$)/.test(path)) {
    await dav(parts, exchange);
  } else if (/^\/ocs\/v[12]\.php\//.test(path)) {
    await ocs(parts, exchange, OCS_ROUTES);
  } else if (
    !(await login(parts, exchange)) &&
    !(await links(parts, exchange))
  ) {
    exchange.send(404, 'Not found', { 'content-type': 'text/html' });
  }
}

function sendFailure(exchange: Exchange, error: unknown): void {
  exchange.request.resume();
  if (exchange.response.headersSent || exchange.response.destroyed) {
    exchange.response.destroy();
  } else if (error instanceof DavError) {
    exchange.sendXml(error.status, error.body(), error.headers);
  } else {
    console.error('The stand-in failed:', error);
    exchange.send(500, 'Internal Server Error');
  }
}

/** One request, from the switches to the answer. */
export async function answer(
  parts: IParts,
  exchange: Exchange,
  workers: Workers,
  requests: ILoggedRequest[]
): Promise<void> {
  const release = await workers.take();
  exchange.response.once('close', release);
  try {
    const isDone =
      (await controlled(parts, exchange, requests)) ||
      (await makeTrouble(parts.switches, exchange)) ||
      isThrottled(parts, exchange);
    if (!isDone) {
      await route(parts, exchange);
    }
  } catch (error) {
    sendFailure(exchange, error);
  }
}
