import type { Exchange } from './exchange.ts';
import type { IParts } from './parts.ts';
import { availableBytes } from './dav/properties.ts';

/** A failure of OCS: its own status, which v2 also makes the HTTP status. */
export class OcsError extends Error {
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }

  readonly status: number;
}

/** What a route of OCS answers: `ocs.data`. */
export type OcsRoute = (
  parts: IParts,
  exchange: Exchange,
  /** Below `/ocs/v2.php`. */
  path: string
) => unknown | Promise<unknown>;

function send(
  exchange: Exchange,
  isV1: boolean,
  status: number,
  message: string,
  data: unknown
): void {
  const isOk = status === 200;
  const statuscode = isOk && isV1 ? 100 : status;
  const meta = { status: isOk ? 'ok' : 'failure', statuscode, message };
  exchange.sendJson(isV1 && status !== 401 ? 200 : status, {
    ocs: { meta, data }
  });
}

/** `/ocs/v1.php/…` and `/ocs/v2.php/…`; capabilities are told to everybody. */
export async function ocs(
  parts: IParts,
  exchange: Exchange,
  routes: Record<string, OcsRoute>
): Promise<void> {
  const [, version, path] = /^\/ocs\/v([12])\.php(\/.*)$/.exec(exchange.path)!;
  const isV1 = version === '1';
  try {
    if (exchange.header('ocs-apirequest') !== 'true') {
      throw new OcsError(412, 'CSRF check failed');
    }
    const start = Object.keys(routes).find(
      each => path === each || path!.startsWith(`${each}/`)
    );
    if (!start) {
      throw new OcsError(404, 'Invalid query, please check the syntax.');
    }
    if (!exchange.user && start !== '/cloud/capabilities') {
      throw new OcsError(401, 'Current user is not logged in');
    }
    const data = await routes[start]!(parts, exchange, path!);
    send(exchange, isV1, 200, 'OK', data);
  } catch (error) {
    if (!(error instanceof OcsError)) {
      throw error;
    }
    send(exchange, isV1, error.status, error.message, []);
  }
}

export const capabilities: OcsRoute = (parts, exchange) => {
  const address = exchange.request.socket.remoteAddress ?? '';
  return {
    version: {
      major: 32,
      minor: 0,
      micro: 1,
      string: '32.0.1',
      edition: '',
      extendedSupport: false
    },
    capabilities: {
      bruteforce: {
        delay: parts.throttle.delayMs(address),
        'allow-listed': false
      },
      core: { pollinterval: 60, 'webdav-root': 'remote.php/webdav' },
      dav: {
        chunking: '1.0',
        bulkupload: '1.0',
        public_shares_chunking: true
      },
      files: {
        bigfilechunking: true,
        undelete: true,
        versioning: false,
        chunked_upload: {
          max_size: parts.switches.chunkBytes,
          max_parallel_count: 5
        }
      },
      files_sharing: {
        api_enabled: true,
        public: { enabled: true, password: { enforced: false } },
        user: { send_mail: false },
        resharing: true,
        group_sharing: true
      }
    }
  };
};

export const cloudUser: OcsRoute = (parts, { user }) => {
  const { uid, displayName, groups, quotaBytes } = user!;
  const used = parts.tree.root('files', uid).sizeBytes;
  const total = quotaBytes ?? used;
  const free = availableBytes(parts, uid);
  const relative = total > 0 ? Math.round((used / total) * 10_000) / 100 : 0;
  return {
    id: uid,
    enabled: true,
    'display-name': displayName,
    displayname: displayName,
    email: `${uid}@example.org`,
    groups,
    language: 'en',
    quota: {
      free,
      used,
      total: quotaBytes ?? -3,
      relative,
      quota: parts.switches.quotaAvailable ?? quotaBytes ?? -3
    }
  };
};

/** DELETE revokes the password that the request came with. */
export const appPassword: OcsRoute = (parts, exchange) => {
  if (exchange.method !== 'DELETE') {
    throw new OcsError(405, 'Method not allowed');
  }
  if (!exchange.appPassword) {
    throw new OcsError(403, 'no app password in use');
  }
  parts.users.revoke(exchange.appPassword);
  return [];
};
