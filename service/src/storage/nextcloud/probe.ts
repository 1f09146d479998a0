import {
  DeepError,
  StorageCapabilities,
  StorageQuota
} from '@jupyterlab-deep/protocol';
import type { Exchange } from '../dav/exchange';
import { askOcs } from './ocs';

/** `/status.php`: whether it is a Nextcloud (or of its family), asked before anything is sent. */
export interface INextcloudStatus {
  version: string;
  major: number;
  productName: string;
}

const MAX_STATUS_LENGTH = 10_000;

/**
 * @returns undefined when the server is something else.
 * @throws DeepError as the exchange does; `storage-unreachable` while it is being maintained.
 */
export async function readStatus(
  exchange: Exchange,
  server: string,
  signal?: AbortSignal
): Promise<INextcloudStatus | undefined> {
  const reply = await exchange.send({
    method: 'GET',
    url: `${server}/status.php`,
    act: 'say what it is',
    signal,
    isRepeatable: true,
    taken: [301, 302, 303, 307, 308, 400, 403, 404, 405, 406, 410]
  });
  const text = (await reply.body.text()).slice(0, MAX_STATUS_LENGTH);
  const status = parse(text);
  if (reply.statusCode !== 200 || typeof status?.version !== 'string') {
    return undefined;
  }
  if (status.maintenance === true) {
    throw new DeepError(
      'storage-unreachable',
      `${exchange.host} is being maintained.`,
      { hint: 'Try again later.' }
    );
  }
  return {
    version: String(status.versionstring ?? status.version),
    major: Number.parseInt(status.version, 10),
    productName: String(status.productname ?? 'Nextcloud')
  };
}

interface IStatusAnswer {
  version?: unknown;
  versionstring?: unknown;
  productname?: unknown;
  maintenance?: unknown;
}

function parse(text: string): IStatusAnswer | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Who the password belongs to. */
export interface ICloudUser {
  /** In paths; not what was typed to log in. */
  id: string;
  displayName: string;
  quota?: StorageQuota;
}

interface IUserAnswer {
  id: string;
  'display-name'?: string;
  displayname?: string;
  quota?: { used?: number; total?: number; quota?: number };
}

export async function readUser(
  exchange: Exchange,
  server: string,
  signal?: AbortSignal
): Promise<ICloudUser> {
  const user = await askOcs<IUserAnswer>(exchange, server, {
    path: '/cloud/user?format=json',
    act: 'say whose password it is',
    signal
  });
  return {
    id: user.id,
    displayName: user['display-name'] ?? user.displayname ?? user.id,
    quota: quotaOf(user.quota)
  };
}

/** -3: without limit, -2: not known, -1: not computed yet. */
function quotaOf(quota: IUserAnswer['quota']): StorageQuota | undefined {
  const { used, total = -1, quota: limit = -1 } = quota ?? {};
  if (typeof used !== 'number' || used < 0) {
    return undefined;
  }
  return limit > 0 && total > 0
    ? { usedBytes: used, totalBytes: total }
    : { usedBytes: used };
}

interface ICapabilitiesAnswer {
  version?: { major?: number };
  capabilities?: {
    dav?: { chunking?: string; bulkupload?: string };
    files?: {
      undelete?: boolean;
      chunked_upload?: { max_size?: number; max_parallel_count?: number };
    };
    files_sharing?: { api_enabled?: boolean };
  };
}

/** Folders as ZIP by WebDAV, and the hash of what was stored (32), came with these versions. */
const ZIP_SINCE = 31;
const HASH_SINCE = 32;

export async function readCapabilities(
  exchange: Exchange,
  server: string,
  signal?: AbortSignal
): Promise<StorageCapabilities> {
  const { version, capabilities = {} } = await askOcs<ICapabilitiesAnswer>(
    exchange,
    server,
    {
      path: '/cloud/capabilities?format=json',
      act: 'say what it can do',
      signal
    }
  );
  const major = version?.major ?? 0;
  const { dav, files, files_sharing: sharing } = capabilities;
  const chunks = files?.chunked_upload;
  return {
    chunked: dav?.chunking !== undefined,
    ...(chunks?.max_size && { chunkBytes: chunks.max_size }),
    ...(chunks?.max_parallel_count && {
      parallelChunks: chunks.max_parallel_count
    }),
    bulk: dav?.bulkupload !== undefined,
    zip: major >= ZIP_SINCE,
    hash: major >= HASH_SINCE,
    paging: major >= ZIP_SINCE,
    folderEtags: true,
    trash: files?.undelete === true,
    shares: sharing?.api_enabled === true
  };
}

/** What plain WebDAV has. */
export const PLAIN_CAPABILITIES: StorageCapabilities = {
  chunked: false,
  bulk: false,
  zip: false,
  hash: false,
  paging: false,
  folderEtags: false,
  trash: false,
  shares: false
};

/** What a server lacks and what that means. */
export function lacksOf(can: StorageCapabilities): string[] {
  const lacks: [boolean, string][] = [
    [can.bulk, 'Small files are sent one by one, which is slow for thousands.'],
    [can.zip, 'Folders are fetched file by file.'],
    [can.chunked, 'A large upload that is cut begins anew.'],
    [
      can.folderEtags,
      'Whether something changed is found out by listing every folder.'
    ],
    [can.trash, 'What is deleted is gone: there is no trash.'],
    [can.shares, 'Nothing can be shared from here.'],
    [can.hash, 'What was stored is compared by its size, not by its content.']
  ];
  return lacks.filter(([has]) => !has).map(([, says]) => says);
}
