import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { answer } from './answer.ts';
import { Exchange } from './exchange.ts';
import { fill } from './fill.ts';
import { Journal } from './journal.ts';
import { phpPace, Workers } from './pace.ts';
import type { IPace } from './pace.ts';
import type { IParts } from './parts.ts';
import { Shares } from './shares.ts';
import { defaultSwitches } from './switches.ts';
import type { ISwitches } from './switches.ts';
import { Throttle } from './throttle.ts';
import { FileTree } from './tree.ts';
import { Users } from './users.ts';
import type { IUser } from './users.ts';

export interface IOptions {
  /** 0, the default, takes a free one. */
  port?: number;
  host?: string;
  /** Where everything is kept; a second server on it goes on. Without it, a new one that `close` removes. */
  folder?: string;
  /** True: the written model of a PHP server. */
  pace?: boolean | Partial<IPace>;
  switches?: Partial<ISwitches>;
  /** The first users of an empty folder; ada and grace when absent. */
  users?: (Partial<IUser> & { uid: string })[];
  /** Where the server is below its origin: `/nextcloud`. */
  webroot?: string;
  /** So many files in the first user's folder `many`. */
  fill?: { count: number; sizeBytes: number };
}

/** One request as it was answered; status 0 where the connection was cut. */
export interface ILoggedRequest {
  method: string;
  /** Without the query. */
  path: string;
  /** When it came, of the process's `performance` clock, in ms. */
  beganMs: number;
  status: number;
  bytesIn: number;
  bytesOut: number;
}

export interface INextcloud {
  /** Base URL, without slash at the end. */
  url: string;
  users: Users;
  /** The first user, with an app password. */
  user: IUser & { appPassword: string };
  switches: ISwitches;
  /** Since the start or since a test emptied it. */
  requests: ILoggedRequest[];
  parts: IParts;
  folder: string;
  close(): Promise<void>;
}

const FIRST_USERS = [
  { uid: 'ada', displayName: 'Ada', groups: ['botany'] },
  { uid: 'grace', displayName: 'Grace', groups: ['botany'] }
];

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () =>
      resolve((server.address() as AddressInfo).port)
    );
  });
}

function makeParts(journal: Journal, folder: string, options: IOptions) {
  const tree = new FileTree(journal, folder);
  const users = new Users(journal);
  const uploads = path.join(folder, 'uploads');
  mkdirSync(uploads, { recursive: true });
  const { pace } = options;
  return {
    tree,
    users,
    shares: new Shares(journal, tree, users),
    switches: { ...defaultSwitches(), ...options.switches },
    throttle: new Throttle(),
    pace: pace ? { ...phpPace(), ...(pace === true ? {} : pace) } : undefined,
    uploads,
    url: '',
    webroot: options.webroot ?? ''
  } satisfies IParts;
}

function addFirstUsers({ users }: IParts, options: IOptions): void {
  if (users.all().length === 0) {
    (options.users ?? FIRST_USERS).forEach(user => users.add(user));
  }
}

/** Write down each request when it has been answered. */
function log(
  requests: ILoggedRequest[],
  exchange: Exchange,
  request: IncomingMessage,
  response: ServerResponse
): void {
  const { socket } = request;
  const beganMs = performance.now();
  const [readBefore, writtenBefore] = [socket.bytesRead, socket.bytesWritten];
  response.once('close', () =>
    requests.push({
      method: exchange.method,
      path: exchange.path,
      beganMs,
      status: response.writableFinished ? response.statusCode : 0,
      bytesIn: socket.bytesRead - readBefore,
      bytesOut: socket.bytesWritten - writtenBefore
    })
  );
}

/**
 * A stand-in for Nextcloud 32 that enforces its documented rules; what it enforces and where it is more lenient stands in
 * stand-in/README.md.
 * @example
 * const cloud = await startNextcloud();
 * await fetch(`${cloud.url}/status.php`);
 * await cloud.close();
 */
export async function startNextcloud(
  options: IOptions = {}
): Promise<INextcloud> {
  const isKept = options.folder !== undefined;
  const folder =
    options.folder ?? mkdtempSync(path.join(tmpdir(), 'nextcloud-stand-in-'));
  mkdirSync(folder, { recursive: true });
  const journal = new Journal(path.join(folder, 'journal.jsonl'));
  const parts: IParts = makeParts(journal, folder, options);
  addFirstUsers(parts, options);
  const first = parts.users.all()[0]!;
  const user = { ...first, appPassword: parts.users.firstPassword(first.uid) };
  if (options.fill) {
    journal.batch(() => fill(parts, first.uid, options.fill!));
  }
  const requests: ILoggedRequest[] = [];
  const workers = new Workers(parts.pace?.workers ?? Infinity);
  const server = createServer((request, response) => {
    const exchange = new Exchange(request, response, parts.webroot);
    log(requests, exchange, request, response);
    void answer(parts, exchange, workers, requests);
  });
  server.requestTimeout = 0;
  const host = options.host ?? '127.0.0.1';
  const port = await listen(server, options.port ?? 0, host);
  parts.url = `http://${host}:${port}${parts.webroot}`;
  const close = async () => {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
    journal.close();
    if (!isKept) {
      rmSync(folder, { recursive: true, force: true });
    }
  };
  const { url, users, switches } = parts;
  return { url, users, user, switches, requests, parts, folder, close };
}
