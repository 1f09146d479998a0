import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Dispatcher } from 'undici';
import { DeepError } from '@jupyterlab-deep/protocol';
import { checkTyped, hostOf } from '../admin/addresses';
import { ISettings } from '../admin/config';
import { AddressGuard } from '../catalogue/remote/addressGuard';
import { Agents } from '../catalogue/remote/agents';
import { failureOf, RemoteFailure } from '../catalogue/remote/failure';
import { typeOfName } from '../http/content';
import { version } from '../version';

type Network = ISettings['network'];
type Reply = Dispatcher.ResponseData;

/** A file's address as a person typed it. */
export interface IFileAddress {
  url: string;
  /** The person confirmed that it need not be public. */
  allowPrivate?: boolean;
}

export interface IFetchOptions {
  network: Network;
  maxBytes: number;
  signal: AbortSignal;
  onProgress(doneBytes: number, totalBytes: number | undefined): void;
}

/** Between two parts of an answer, and before the first. */
const STALL_MS = 30_000;
const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MAX_UNREAD_BYTES = 100_000;

/**
 * Refuse an address before anything is begun for it.
 *
 * @returns the name that the file will have.
 * @throws DeepError `address-refused`, `address-private`
 */
export async function checkFileAddress(
  { url: address, allowPrivate }: IFileAddress,
  { privateHosts }: Network
): Promise<string> {
  const url = URL.parse(address);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new DeepError(
      'address-refused',
      `${address} is not an address of the web.`,
      { hint: 'It begins with https://.' }
    );
  }
  if (url.username || url.password) {
    throw new DeepError(
      'address-refused',
      'The address holds a name or a password.',
      { hint: 'Download the file yourself, and choose it from Jupyter.' }
    );
  }
  await checkTyped(url, { allowPrivate, privateHosts });
  return nameIn(url);
}

/**
 * Fetch what a person's address names into a file. Redirects lead to public addresses by https only.
 *
 * @returns its size and media type.
 * @throws RemoteFailure in words; the signal's reason; what the disk says.
 */
export async function fetchFile(
  address: IFileAddress,
  target: string,
  options: IFetchOptions
): Promise<{ sizeBytes: number; contentType: string }> {
  const from = new URL(address.url);
  try {
    const { reply, url } = await follow(from, address, options);
    const sizeBytes = await save(reply, url, target, options);
    return { sizeBytes, contentType: typeOf(reply, from) };
  } catch (error) {
    options.signal.throwIfAborted();
    throw (error as NodeJS.ErrnoException).syscall === 'write'
      ? error
      : failureOf(error, from);
  }
}

async function follow(
  from: URL,
  { url: own, allowPrivate }: IFileAddress,
  { network, signal }: IFetchOptions
): Promise<{ reply: Reply; url: URL }> {
  const agents = Agents.of(network);
  const { hasProxy } = agents;
  const { privateHosts } = network;
  const ownAddresses = [own];
  const guard = new AddressGuard({
    ownAddresses,
    allowPrivate,
    privateHosts,
    hasProxy
  });
  let url = from;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const dispatcher = await agents.of(url, await guard.check(url));
    const reply = await ask(url, dispatcher, signal);
    const location = String(reply.headers.location ?? '');
    if (!REDIRECTS.has(reply.statusCode) || location === '') {
      return { reply, url };
    }
    await reply.body.dump({ limit: MAX_UNREAD_BYTES, signal });
    url = URL.parse(location, url.href) ?? nowhere(url);
  }
  throw new RemoteFailure(
    `${hostOf(from)} sends from one address to the next without end.`
  );
}

function nowhere(from: URL): never {
  throw new RemoteFailure(
    `${hostOf(from)} sends to something that is no address.`
  );
}

async function ask(
  url: URL,
  dispatcher: Dispatcher,
  signal: AbortSignal
): Promise<Reply> {
  const { request } = await import('undici');
  return request(url, {
    dispatcher,
    signal,
    headersTimeout: STALL_MS,
    bodyTimeout: STALL_MS,
    headers: {
      accept: '*/*',
      'accept-encoding': 'identity',
      'user-agent': `jupyterlab-deep/${version}`
    }
  });
}

async function save(
  reply: Reply,
  url: URL,
  target: string,
  { maxBytes, signal, onProgress }: IFetchOptions
): Promise<number> {
  refuseOther(reply, url);
  const { headers, body } = reply;
  const total = Number(headers['content-length']) || undefined;
  if ((total ?? 0) > maxBytes) {
    body.destroy();
    throw tooLarge(maxBytes);
  }
  let done = 0;
  async function* counted(
    chunks: AsyncIterable<Buffer>
  ): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      done += chunk.length;
      if (done > maxBytes) {
        throw tooLarge(maxBytes);
      }
      onProgress(done, total);
      yield chunk;
    }
  }
  await pipeline(body, counted, createWriteStream(target, { mode: 0o600 }), {
    signal
  });
  if (done === 0) {
    throw new RemoteFailure(`${hostOf(url)} answered with an empty file.`);
  }
  return done;
}

/** What is no file: refusals, compressed answers that nobody asked for, login pages. */
function refuseOther({ statusCode, headers, body }: Reply, url: URL): void {
  const encoding = String(headers['content-encoding'] ?? 'identity');
  const isPage = /^\s*(text\/html|application\/xhtml)/i.test(
    String(headers['content-type'] ?? '')
  );
  const says =
    statusCode !== 200
      ? `${hostOf(url)} answered ${statusCode}.`
      : encoding !== 'identity'
        ? `${hostOf(url)} answered with a compressed file, which was not asked for (${encoding}).`
        : isPage
          ? `${hostOf(url)} answered with a web page instead of a file: perhaps a login, or the page that shows the file.`
          : '';
  if (says) {
    body.destroy();
    // What is left of the connection is of no interest.
    body.on('error', () => undefined);
    throw new RemoteFailure(says);
  }
}

const tooLarge = (maxBytes: number): RemoteFailure =>
  new RemoteFailure(
    `It is larger than ${Math.floor(maxBytes / 1024 / 1024)} MB, the most that is taken (\`limits.uploadMb\`).`
  );

function typeOf({ headers }: Reply, url: URL): string {
  const said = String(headers['content-type'] ?? '')
    .split(';')[0]
    .trim();
  const isType = /^[\w.+-]+\/[\w.+-]+$/.test(said);
  return isType && said !== 'application/octet-stream'
    ? said
    : typeOfName(nameIn(url));
}

/** The last part of the path, without anything that a file name may not have. */
function nameIn({ pathname }: URL): string {
  const last = pathname.split('/').filter(Boolean).at(-1) ?? '';
  return decoded(last).replace(/[\x00-\x1f\x7f/\\]/g, '_') || 'file';
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // No percent-encoded UTF-8: it is a name as it stands.
    return text;
  }
}
