import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Contract } from './contract.ts';
import type { IDocument, IRequest } from './contract.ts';
import { Jobs } from './jobs.ts';
import type { IJob } from './jobs.ts';
import { answer } from './routes.ts';
import { Refusal } from './rules.ts';

/** Access levels of a user by virtual organisation. */
export interface IUser {
  sub: string;
  levels: Record<string, string>;
}

export interface ISwitches {
  /** The secret store is down: what needs it is 500. */
  secretStoreDown: boolean;
  /** The nodes for trying are more than 85 % full. */
  tryMeFull: boolean;
  /** The scheduler refuses the next job: HTTP 200, `status: fail`. */
  schedulerSays?: string;
  /** The next requests that change something are carried out, and their answers cut. */
  cutAnswers: boolean;
  /** The next order is carried out; from then on nobody is answered. */
  goesAway?: boolean;
  isAway?: boolean;
  /** Orders never arrive: their connections break before anything is done. */
  losesOrders?: boolean;
}

export interface ILogged {
  method: string;
  path: string;
  query: string;
  status: number;
  /** As the document has it. */
  operation?: string;
  body: unknown;
}

export interface IPapi {
  /** Base URL, without `/v1`. */
  url: string;
  jobs: Jobs;
  /** By token. */
  users: Map<string, IUser>;
  switches: ISwitches;
  requests: ILogged[];
  /** Base address of a job's API, without `/ui`. */
  apiOf: (job: IJob) => string;
  close(): Promise<void>;
}

/** What routes work on. */
export type Parts = Omit<IPapi, 'close' | 'url'>;

/**
 * A stand-in for the platform API of AI4EOSC: every request is checked by its OpenAPI document, and the rules that are documented
 * beside it are enforced (stand-in/README.md).
 *
 * @param openapi Path of that document.
 */
export async function startPapi(openapi: string): Promise<IPapi> {
  const contract = new Contract(
    JSON.parse(readFileSync(openapi, 'utf8')) as IDocument
  );
  const parts: Parts = {
    jobs: new Jobs(),
    users: new Map(),
    switches: { secretStoreDown: false, tryMeFull: false, cutAnswers: false },
    requests: [],
    apiOf: job => `https://api-${job.id}.example.org`
  };
  const papi = { ...parts } as IPapi;
  const server = createServer((request, response) => {
    void serve(papi, contract, request, response);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  papi.url = `http://127.0.0.1:${port}`;
  papi.close = async () => {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  };
  return papi;
}

async function serve(
  papi: IPapi,
  contract: Contract,
  incoming: IncomingMessage,
  response: ServerResponse
): Promise<void> {
  const request = await read(incoming);
  const log: ILogged = {
    method: request.method,
    path: request.path,
    query: request.query.toString(),
    status: 0,
    body: request.body
  };
  papi.requests.push(log);
  const losesIt = papi.switches.losesOrders && request.method === 'POST';
  if (losesIt || papi.switches.isAway) {
    response.destroy();
    return;
  }
  try {
    const body = await reply(papi, contract, request, incoming, log);
    log.status = 200;
    papi.switches.isAway =
      papi.switches.goesAway === true && request.method === 'POST';
    const isCut = papi.switches.cutAnswers && request.method !== 'GET';
    if (isCut || papi.switches.isAway) {
      log.status = 0;
      response.destroy();
      return;
    }
    send(response, 200, body);
  } catch (error) {
    if (error instanceof Refusal) {
      log.status = error.status;
      send(response, error.status, { detail: error.detail });
    } else {
      // As the framework does it with what nobody caught: a text.
      log.status = 500;
      response.writeHead(500, { 'content-type': 'text/plain' });
      response.end('Internal Server Error');
    }
  }
}

async function reply(
  papi: IPapi,
  contract: Contract,
  request: IRequest,
  incoming: IncomingMessage,
  log: ILogged
): Promise<unknown> {
  const match = contract.match(request);
  if (!match) {
    throw new Refusal(404, 'Not Found');
  }
  log.operation = match.operation;
  const user = match.needsToken ? userOf(papi, incoming) : undefined;
  if (match.wrong.length > 0) {
    throw new Refusal(422, match.wrong);
  }
  return answer(papi, { ...request, parts: match.path, user });
}

function userOf({ users }: IPapi, { headers }: IncomingMessage): IUser {
  const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  if (token === undefined) {
    throw new Refusal(403, 'Not authenticated');
  }
  const user = users.get(token);
  if (!user) {
    throw new Refusal(401, 'Invalid token');
  }
  return user;
}

async function read(incoming: IncomingMessage): Promise<IRequest> {
  const { pathname, searchParams } = new URL(incoming.url!, 'http://x');
  const contentType = incoming.headers['content-type'] ?? '';
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) {
    chunks.push(chunk as Buffer);
  }
  const bytes = Buffer.concat(chunks);
  return {
    method: incoming.method!,
    path: pathname,
    query: searchParams,
    contentType,
    body: bytes.length === 0 ? undefined : await parsed(bytes, contentType)
  };
}

async function parsed(bytes: Buffer, type: string): Promise<unknown> {
  if (!type.startsWith('multipart/form-data')) {
    return JSON.parse(bytes.toString('utf8'));
  }
  const form = await new Response(new Uint8Array(bytes), {
    headers: { 'content-type': type }
  }).formData();
  const fields: [string, unknown][] = [];
  for (const [name, value] of form.entries()) {
    fields.push([
      name,
      typeof value === 'string' ? value : await (value as Blob).text()
    ]);
  }
  return Object.fromEntries(fields);
}

function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}
