import type { StorageAccount } from '@jupyterlab-deep/protocol';
import { PLAIN_CAPABILITIES } from '../nextcloud/probe';
import { revealed } from './obscured';

/** What the platform says of the user's cloud: `RCLONE_CONFIG_RSHARE_*`, as AI4OS sets them. */
const PREFIX = 'RCLONE_CONFIG_RSHARE_';

/** A cloud account of the platform, not yet asked. */
export interface IPlatformAccount {
  account: StorageAccount;
  loginName: string;
  password: string;
}

/** The account that the platform gave its user; undefined where it gave none, or not all of it. */
export function platformAccount(
  env: Record<string, string | undefined>
): IPlatformAccount | undefined {
  const value = (name: string): string => env[PREFIX + name] ?? '';
  const url = URL.parse(value('URL'));
  const password = revealed(value('PASS'));
  const user = value('USER');
  const isComplete = url && /^https?:$/.test(url.protocol) && user && password;
  if (!isComplete || value('TYPE').toLowerCase() !== 'webdav') {
    return undefined;
  }
  const place = nextcloudPlace(url);
  const kind = place ? 'nextcloud' : 'webdav';
  const now = new Date().toISOString();
  return {
    loginName: user,
    password,
    account: {
      id: 'platform',
      title: `${url.hostname} · ${user}`,
      kind,
      origin: 'platform',
      server: place?.server ?? url.href.replace(/\/+$/, ''),
      user: place?.user ?? user,
      displayName: user,
      state: 'connected',
      can: PLAIN_CAPABILITIES,
      lacks: [],
      createdAt: now
    }
  };
}

function nextcloudPlace(
  url: URL
): { server: string; user?: string } | undefined {
  const match =
    /^(?<base>.*)\/remote\.php\/(?:dav\/files\/(?<user>[^/]+)|webdav)\/?$/.exec(
      url.pathname
    );
  return match?.groups
    ? {
        server: url.origin + match.groups.base,
        user: match.groups.user && decodeURIComponent(match.groups.user)
      }
    : undefined;
}
