import type { Exchange } from './exchange.ts';
import type { IParts } from './parts.ts';
import { escapeXml } from './xml.ts';

/** What the server believes that it is called; its own configuration, so a proxy in front may make it wrong. */
export function believedUrl({ url, switches }: IParts): string {
  const believed = new URL(url);
  if (switches.loginWithoutPort) {
    believed.port = '';
  }
  if (switches.loginScheme) {
    believed.protocol = switches.loginScheme;
  }
  if (switches.loginHost) {
    believed.hostname = switches.loginHost;
  }
  return believed.href.replace(/\/$/, '');
}

/** Login flow v2: start, poll, the page, the grant. False for other paths. */
export async function login(
  parts: IParts,
  exchange: Exchange
): Promise<boolean> {
  const path = exchange.path.replace(/^\/index\.php/, '');
  const asked = `${exchange.method} ${path}`;
  if (asked === 'POST /login/v2') {
    open(parts, exchange);
  } else if (asked === 'POST /login/v2/poll') {
    await poll(parts, exchange);
  } else if (asked.startsWith('GET /login/v2/flow/')) {
    showPage(parts, exchange, path.split('/').at(-1)!);
  } else if (asked === 'POST /login/v2/grant') {
    await grant(parts, exchange);
  } else {
    return false;
  }
  return true;
}

function open(parts: IParts, exchange: Exchange): void {
  const device = exchange.header('user-agent') ?? 'unknown';
  const { pollToken, flowToken } = parts.users.openLogin(device);
  const url = believedUrl(parts);
  exchange.sendJson(200, {
    poll: { token: pollToken, endpoint: `${url}/login/v2/poll` },
    login: `${url}/login/v2/flow/${flowToken}`
  });
}

async function poll(parts: IParts, exchange: Exchange): Promise<void> {
  const form = new URLSearchParams(await exchange.text());
  const given = parts.users.collect(form.get('token') ?? '');
  if (!given) {
    exchange.sendJson(404, []);
    return;
  }
  exchange.sendJson(200, {
    server: believedUrl(parts),
    loginName: given.user.loginName,
    appPassword: given.password
  });
}

function sendPage(exchange: Exchange, status: number, body: string): void {
  exchange.send(
    status,
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Stand-in for Nextcloud</title></head><body><main>${body}</main></body></html>`,
    { 'content-type': 'text/html; charset=UTF-8', 'cache-control': 'no-store' }
  );
}

function showPage(parts: IParts, exchange: Exchange, token: string): void {
  const waiting = parts.users.waiting(token);
  if (!waiting) {
    sendPage(
      exchange,
      403,
      '<h1>Access forbidden</h1><p>Your login token is invalid or has expired</p>'
    );
    return;
  }
  const choices = parts.users
    .all()
    .map(({ uid, displayName }) => {
      const name = escapeXml(displayName);
      return `<option value="${escapeXml(uid)}">${name}</option>`;
    })
    .join('');
  sendPage(
    exchange,
    200,
    `<h1>Account access</h1>
<p>You are about to grant “${escapeXml(waiting.device)}” access to your account. This is a stand-in for Nextcloud.</p>
<form method="post" action="${parts.webroot}/login/v2/grant">
<input type="hidden" name="token" value="${token}">
<label>Account <select name="user">${choices}</select></label>
<button type="submit">Grant access</button></form>`
  );
}

async function grant(parts: IParts, exchange: Exchange): Promise<void> {
  const form = new URLSearchParams(await exchange.text());
  const isDone = parts.users.grant(
    form.get('token') ?? '',
    form.get('user') ?? ''
  );
  sendPage(
    exchange,
    isDone ? 200 : 403,
    isDone
      ? '<h1>Account connected</h1><p>Your client should now be connected! You can close this window.</p>'
      : '<h1>Access forbidden</h1>'
  );
}
