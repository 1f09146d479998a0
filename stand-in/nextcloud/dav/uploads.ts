import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import type { Exchange } from '../exchange.ts';
import {
  badRequest,
  DavError,
  forbidden,
  notAllowed,
  notFound
} from '../failures.ts';
import type { IParts } from '../parts.ts';
import { rootOf } from '../view.ts';
import { destinationOf } from './changes.ts';
import type { IDavRequest } from './context.ts';
import { join } from './join.ts';
import { responseXml, sendMultistatus } from './multistatus.ts';
import { checkQuota, parentOf } from './put.ts';
import { receive } from './receive.ts';

const MAX_CHUNKS = 10_000;
const MAX_CHUNK_BYTES = 5_000_000_000;
const LIFE_MS = 24 * 3_600_000;
const METADATA = 'metadata.json';

/** A chunked upload on its way. */
export interface IUpload {
  folder: string;
  /** Encoded path of the collection. */
  href: string;
  destination: string[];
}

export interface IChunk {
  name: string;
  sizeBytes: number;
  modifiedMs: number;
}

export const filesPrefix = (parts: IParts, exchange: Exchange) =>
  `${parts.webroot}/remote.php/dav/files/${encodeURIComponent(exchange.user!.uid)}`;

/** What is there of an upload, in the order in which it is joined. */
export function chunksOf(upload: IUpload): IChunk[] {
  return readdirSync(upload.folder)
    .filter(name => /^\d+$/.test(name))
    .sort()
    .map(name => {
      const { size, mtimeMs } = statSync(path.join(upload.folder, name));
      return { name, sizeBytes: size, modifiedMs: mtimeMs };
    });
}

/** /uploads/<uid>/<upload>/<chunk>, by the rules of chunked upload v2. */
export async function uploads(
  parts: IParts,
  exchange: Exchange,
  segments: string[]
): Promise<void> {
  const [uid, id, name, ...rest] = segments;
  if (uid !== exchange.user!.uid || !id || rest.length > 0) {
    throw notFound(`//${segments.join('/')}`);
  }
  const folder = path.join(parts.uploads, uid, id);
  const { method } = exchange;
  if (method === 'MKCOL' && name === undefined) {
    return open(parts, exchange, folder);
  }
  const upload = takeUp(parts, exchange, folder);
  if (method === 'PROPFIND' && name === undefined) {
    return list(exchange, upload);
  }
  if (method === 'DELETE') {
    return abort(exchange, upload, name);
  }
  if (method === 'PUT' && name !== undefined) {
    return putChunk(parts, exchange, upload, name);
  }
  if (method === 'MOVE' && name === '.file') {
    checkDestination(parts, exchange, upload);
    return join(parts, exchange, upload);
  }
  throw notAllowed(`${method} is not allowed in an upload`);
}

function open(parts: IParts, exchange: Exchange, folder: string): void {
  const destination = destinationOf(
    { exchange, parts },
    filesPrefix(parts, exchange)
  );
  if (existsSync(folder)) {
    throw notAllowed('The resource you tried to create already exists');
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, METADATA), JSON.stringify(destination));
  exchange.send(201);
}

function takeUp(parts: IParts, exchange: Exchange, folder: string): IUpload {
  const isThere = existsSync(path.join(folder, METADATA));
  if (isThere && Date.now() - newestMs(folder) > LIFE_MS) {
    rmSync(folder, { recursive: true });
  }
  if (!existsSync(folder)) {
    throw notFound(`//${path.basename(folder)}`);
  }
  const uid = encodeURIComponent(exchange.user!.uid);
  const id = encodeURIComponent(path.basename(folder));
  const text = readFileSync(path.join(folder, METADATA), 'utf8');
  return {
    folder,
    href: `${parts.webroot}/remote.php/dav/uploads/${uid}/${id}`,
    destination: JSON.parse(text)
  };
}

const newestMs = (folder: string) =>
  Math.max(
    ...readdirSync(folder).map(
      name => statSync(path.join(folder, name)).mtimeMs
    )
  );

/** Each request says where the file goes, and says the same. @throws 400, 412 */
function checkDestination(
  parts: IParts,
  exchange: Exchange,
  upload: IUpload
): void {
  if (parts.switches.loseUploadMetadata) {
    throw new DavError(
      412,
      'Sabre\\DAV\\Exception\\PreconditionFailed',
      'Missing metadata for chunked upload'
    );
  }
  const said = destinationOf({ exchange, parts }, filesPrefix(parts, exchange));
  if (said.join('/') !== upload.destination.join('/')) {
    throw badRequest('The destination is not that of the upload');
  }
}

/** @throws 400 */
function checkName(name: string): void {
  const number = /^\d+$/.test(name) ? Number(name) : 0;
  if (number < 1 || number > MAX_CHUNKS) {
    throw badRequest('Invalid chunk name, must be numeric between 1 and 10000');
  }
}

/** Whether the file that all this becomes may be written. @throws 404, 507 */
function checkTarget(parts: IParts, exchange: Exchange, upload: IUpload) {
  const total = Number(exchange.header('oc-total-length') ?? 0);
  const parent = parentOf(targetOf(parts, exchange, upload), false);
  checkQuota(parts, parent.node.owner, total);
}

/** The request, as one to the file that it is about. */
export const targetOf = (
  parts: IParts,
  exchange: Exchange,
  upload: IUpload
): IDavRequest => ({
  parts,
  exchange,
  root: rootOf(parts, exchange.user!.uid),
  segments: upload.destination,
  prefix: filesPrefix(parts, exchange)
});

async function putChunk(
  parts: IParts,
  exchange: Exchange,
  upload: IUpload,
  name: string
): Promise<void> {
  checkName(name);
  checkDestination(parts, exchange, upload);
  checkTarget(parts, exchange, upload);
  if (Number(exchange.header('content-length') ?? 0) > MAX_CHUNK_BYTES) {
    throw badRequest('A chunk is larger than 5 GB');
  }
  const coming = path.join(
    upload.folder,
    `coming-${randomBytes(6).toString('hex')}`
  );
  await receive(parts, exchange, coming);
  if (!existsSync(upload.folder)) {
    throw notFound(`//${name}`);
  }
  renameSync(coming, path.join(upload.folder, name));
  exchange.send(201, '', { etag: `"${randomBytes(16).toString('hex')}"` });
}

function abort(exchange: Exchange, upload: IUpload, name?: string): void {
  if (name !== undefined) {
    throw forbidden();
  }
  rmSync(upload.folder, { recursive: true });
  exchange.send(204);
}

function list(exchange: Exchange, upload: IUpload): void {
  const describe = (inside: string) =>
    `<d:propstat><d:prop>${inside}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>`;
  const chunks = chunksOf(upload).map(({ name, sizeBytes, modifiedMs }) =>
    responseXml(
      `${upload.href}/${name}`,
      describe(
        `<d:getlastmodified>${new Date(modifiedMs).toUTCString()}</d:getlastmodified><d:getcontentlength>${sizeBytes}</d:getcontentlength><d:resourcetype/>`
      )
    )
  );
  sendMultistatus(exchange, [
    responseXml(
      `${upload.href}/`,
      describe('<d:resourcetype><d:collection/></d:resourcetype>')
    ),
    ...chunks
  ]);
}
