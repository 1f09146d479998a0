import { createReadStream } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { Type } from '@sinclair/typebox';
import { FastifyReply } from 'fastify';
import {
  DeepError,
  Run,
  StorageEntry,
  StorageListing,
  StorageMoveRequest,
  StorageSaveRequest,
  TrashEntry
} from '@jupyterlab-deep/protocol';
import { guardHeaders, typeOfName } from '../../http/content';
import { DeepApp, ProblemRef, RunRef, StorageEntryRef } from '../../http/types';
import { Uploads } from '../../inference/uploads';
import { StorageAccounts } from '../accounts/storageAccounts';
import { encodePath, nameOf, parentOf } from '../dav/paths';
import { statusOf } from '../dav/refusals';
import { ITrashPlace, listTrash, restore } from '../nextcloud/trash';
import { searchFiles } from '../nextcloud/search';
import type { IByteRange, IBytes, IWriteGuard } from '../remoteFiles';
import type { Copies } from '../transfers/copies';
import { FolderPages } from './folderPages';
import { checkNewPath } from './names';

const Account = Type.Object({ account: Type.String() });
const Path = Type.Object({
  path: Type.Optional(Type.String({ maxLength: 4000 }))
});
const Page = Type.Object({
  path: Type.Optional(Type.String({ maxLength: 4000 })),
  offset: Type.Optional(Type.Integer({ minimum: 0 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 20_000 }))
});
const DEFAULT_LIMIT = 1000;
const Content = Type.Object({
  path: Type.String({ maxLength: 4000 }),
  download: Type.Optional(Type.Union([Type.Literal('0'), Type.Literal('1')]))
});
const Put = Type.Object({
  path: Type.String({ maxLength: 4000 }),
  ifMatch: Type.Optional(Type.String()),
  ifAbsent: Type.Optional(
    Type.Union([Type.Literal('0'), Type.Literal('1'), Type.Literal('true')])
  )
});
const Remove = Type.Object({
  path: Type.String({ maxLength: 4000 }),
  ifMatch: Type.Optional(Type.String())
});
const tags = ['storage'];
const problems = {
  400: ProblemRef,
  404: ProblemRef,
  409: ProblemRef,
  424: ProblemRef,
  502: ProblemRef,
  503: ProblemRef,
  507: ProblemRef
};

export interface IFileRouteParts {
  accounts: StorageAccounts;
  uploads: Uploads;
  copies: Copies;
}

/** Routes of the files of accounts: what a drive in the file browser needs. */
export function fileRoutes(app: DeepApp, parts: IFileRouteParts): void {
  readingRoutes(app, parts.accounts);
  writingRoutes(app, parts);
  trashRoutes(app, parts.accounts);
}

function readingRoutes(app: DeepApp, accounts: StorageAccounts): void {
  const pages = new FolderPages();
  app.get(
    '/storage/files/:account',
    {
      schema: {
        tags,
        summary: 'A page of a folder: folders first, by name',
        params: Account,
        querystring: Page,
        response: {
          200: Type.Unsafe<StorageListing>(StorageListing),
          ...problems
        }
      }
    },
    ({ params, query }) =>
      pages.page(
        accounts.files(params.account),
        query.path ?? '',
        query.offset ?? 0,
        query.limit ?? DEFAULT_LIMIT
      )
  );
  app.get(
    '/storage/files/:account/entry',
    {
      schema: {
        tags,
        params: Account,
        querystring: Path,
        response: { 200: StorageEntryRef, ...problems }
      }
    },
    ({ params, query }) => accounts.files(params.account).stat(query.path ?? '')
  );
  app.get(
    '/storage/files/:account/content',
    {
      schema: {
        tags,
        summary: 'The bytes of a file, or one range of them',
        params: Account,
        querystring: Content
      }
    },
    ({ params, query, headers }, reply) =>
      sendContent(
        accounts.files(params.account),
        { ...query, wantedRange: headers.range },
        reply
      )
  );
  app.get(
    '/storage/files/:account/zip',
    {
      schema: {
        tags,
        summary: 'A folder as ZIP',
        params: Account,
        querystring: Path
      }
    },
    ({ params, query }, reply) =>
      sendZip(accounts, params.account, query.path ?? '', reply)
  );
  app.get(
    '/storage/files/:account/link',
    {
      schema: {
        tags,
        summary: 'Where it is in the web page of the cloud',
        params: Account,
        querystring: Path,
        response: { 200: Type.Object({ url: Type.String() }), ...problems }
      }
    },
    async ({ params, query }) => ({
      url: await pageOf(accounts, params.account, query.path ?? '')
    })
  );
  app.get(
    '/storage/search/:account',
    {
      schema: {
        tags,
        params: Account,
        querystring: Type.Object({ text: Type.String({ minLength: 1 }) }),
        response: {
          200: Type.Object({ entries: Type.Array(StorageEntryRef) }),
          ...problems
        }
      }
    },
    async ({ params, query }) => ({
      entries: await search(accounts, params.account, query.text)
    })
  );
}

interface IContentQuery {
  path: string;
  download?: '0' | '1';
  /** The header `Range`. */
  wantedRange?: string;
}

async function sendContent(
  files: Files,
  query: IContentQuery,
  reply: FastifyReply
): Promise<FastifyReply> {
  const entry = await files.stat(query.path);
  if (entry.type === 'folder') {
    throw new DeepError('invalid-request', `${query.path} is a folder.`);
  }
  const size = entry.sizeBytes ?? 0;
  const range = rangeIn(query.wantedRange, size);
  const { body, sizeBytes, etag } = await files.read(query.path, { range });
  const contentType = entry.contentType ?? typeOfName(entry.name);
  const guard = guardHeaders(contentType, entry.name);
  if (query.download === '1') {
    guard['content-disposition'] = guard['content-disposition'].replace(
      /^inline/,
      'attachment'
    );
  }
  reply
    .headers(guard)
    .header('content-length', sizeBytes)
    .header('accept-ranges', 'bytes');
  if (etag) {
    reply.header('etag', etag);
  }
  if (range) {
    reply
      .code(206)
      .header('content-range', `bytes ${range.start}-${range.end - 1}/${size}`);
  }
  return reply.type(contentType).send(body);
}

/** One range only, as the servers have it; anything else is answered with the whole file (RFC 9110, 14.2). */
function rangeIn(
  header: string | undefined,
  size: number
): IByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || size === 0 || (match[1] === '' && match[2] === '')) {
    return undefined;
  }
  const [first, last] = [match[1], match[2]];
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end =
    first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  return start < end ? { start, end } : undefined;
}

async function sendZip(
  accounts: StorageAccounts,
  account: string,
  folder: string,
  reply: FastifyReply
): Promise<FastifyReply> {
  const files = accounts.files(account);
  if (!files.can.zip) {
    throw new DeepError(
      'storage-refused',
      `${accounts.hostOf(account)} does not give folders as ZIP.`,
      { hint: 'Copy the folder to Jupyter instead.' }
    );
  }
  await files.stat(folder);
  const { body } = await files.readArchive(folder);
  const name = `${nameOf(folder) || accounts.get(account).id}.zip`;
  return reply
    .headers(guardHeaders('application/zip', name))
    .type('application/zip')
    .send(body);
}

async function pageOf(
  accounts: StorageAccounts,
  account: string,
  wanted: string
): Promise<string> {
  const { kind, server } = accounts.get(account);
  const { fileId, type } = await accounts.files(account).stat(wanted);
  if (kind === 'nextcloud' && fileId) {
    return `${server}/f/${fileId}`;
  }
  return `${server}/${encodePath(type === 'folder' ? wanted : parentOf(wanted))}`;
}

async function search(
  accounts: StorageAccounts,
  account: string,
  text: string
): Promise<StorageEntry[]> {
  const { kind, server, user } = accounts.get(account);
  if (kind !== 'nextcloud') {
    throw new DeepError(
      'storage-refused',
      `${accounts.hostOf(account)} cannot search.`
    );
  }
  return searchFiles(accounts.exchange(account), server, user, text);
}

function writingRoutes(
  app: DeepApp,
  { accounts, copies, uploads }: IFileRouteParts
): void {
  app.put(
    '/storage/files/:account/content',
    {
      config: { body: 'octets' },
      schema: {
        tags,
        summary: 'Write a small file',
        params: Account,
        querystring: Put,
        response: { 200: StorageEntryRef, ...problems }
      }
    },
    ({ params, query, body }) => {
      const content = (body as Buffer | undefined) ?? Buffer.alloc(0);
      const { ifMatch, ifAbsent } = query;
      const guard = {
        ifMatch,
        ifAbsent: ifAbsent === '1' || ifAbsent === 'true'
      };
      return write(
        accounts,
        params.account,
        query.path,
        inMemory(content),
        guard
      );
    }
  );
  app.post(
    '/storage/files/:account/save',
    {
      schema: {
        tags,
        summary: 'Write an upload: the entry, or the run of a large one',
        params: Account,
        body: StorageSaveRequest,
        response: {
          200: StorageEntryRef,
          202: RunRef,
          ...problems
        }
      }
    },
    async ({ params, body }, reply) => {
      const saved = await save(
        { accounts, copies, uploads },
        params.account,
        body
      );
      return reply.code('kind' in saved ? 202 : 200).send(saved as never);
    }
  );
  app.post(
    '/storage/files/:account/folders',
    {
      schema: {
        tags,
        params: Account,
        body: Type.Object({ path: Type.String({ maxLength: 4000 }) }),
        response: { 201: StorageEntryRef, ...problems }
      }
    },
    async ({ params, body }, reply) => {
      checkNewPath(body.path);
      const files = accounts.files(params.account);
      await refuseExisting(files, body.path);
      await files.makeFolder(body.path);
      return reply.code(201).send(await files.stat(body.path));
    }
  );
  for (const act of ['move', 'copy'] as const) {
    app.post(
      `/storage/files/:account/${act}`,
      {
        schema: {
          tags,
          params: Account,
          body: StorageMoveRequest,
          response: { 200: StorageEntryRef, ...problems }
        }
      },
      async ({ params, body }) => {
        const { from, overwrite, to } = body;
        checkNewPath(to);
        const files = accounts.files(params.account);
        await files[act](from, to, { overwrite });
        return files.stat(to);
      }
    );
  }
  app.delete(
    '/storage/files/:account/entry',
    {
      schema: {
        tags,
        summary: 'Delete, into the trash where there is one',
        params: Account,
        querystring: Remove,
        response: { 200: Type.Object({ inTrash: Type.Boolean() }), ...problems }
      }
    },
    async ({ params, query }) => {
      const files = accounts.files(params.account);
      await files.remove(query.path, { ifMatch: query.ifMatch });
      return { inTrash: files.can.trash };
    }
  );
}

const inMemory = (content: Buffer): IBytes => ({
  sizeBytes: content.length,
  open: ({ start, end } = { start: 0, end: content.length }) =>
    Readable.from([content.subarray(start, end)], { objectMode: false })
});

async function write(
  accounts: StorageAccounts,
  account: string,
  file: string,
  bytes: IBytes,
  guard: IWriteGuard
): Promise<StorageEntry> {
  checkNewPath(file);
  return accounts.files(account).write(file, bytes, guard);
}

async function save(
  { accounts, copies, uploads }: IFileRouteParts,
  account: string,
  { path: to, upload: id, ifAbsent, ifMatch }: StorageSaveRequest
): Promise<StorageEntry | Run> {
  const upload = uploads.get(id);
  if (upload.receivedBytes !== upload.sizeBytes) {
    throw new DeepError(
      'conflict',
      `${upload.filename} has not come whole yet.`
    );
  }
  const file = uploads.fileOf(id);
  const files = accounts.files(account);
  const { chunkBytes = Infinity } = files.can;
  if (upload.sizeBytes <= chunkBytes) {
    const bytes: IBytes = {
      sizeBytes: upload.sizeBytes,
      open: range =>
        createReadStream(
          file,
          range && { start: range.start, end: Math.max(0, range.end - 1) }
        )
    };
    return write(accounts, account, to, bytes, { ifAbsent, ifMatch });
  }
  checkNewPath(to);
  await checkGuard(files, to, { ifAbsent, ifMatch });
  return copies.begin(
    {
      from: { path: path.resolve(file) },
      to: { account, path: to },
      onConflict: 'overwrite'
    },
    { root: undefined, isBrowser: false }
  );
}

type Files = ReturnType<StorageAccounts['files']>;

async function checkGuard(
  files: Files,
  file: string,
  { ifAbsent, ifMatch }: IWriteGuard
): Promise<void> {
  const there = await files.stat(file).catch(unlessMissing);
  if (ifAbsent && there) {
    throw taken(file);
  }
  if (ifMatch !== undefined && there?.etag !== ifMatch) {
    throw new DeepError(
      'conflict',
      `${nameOf(file)} was changed there meanwhile.`
    );
  }
}

async function refuseExisting(files: Files, file: string): Promise<void> {
  if (await files.stat(file).catch(unlessMissing)) {
    throw taken(file);
  }
}

const taken = (file: string): DeepError =>
  new DeepError('conflict', `There is a ${nameOf(file)} already.`);

function unlessMissing(error: unknown): undefined {
  if (statusOf(error) === 404) {
    return undefined;
  }
  throw error;
}

function trashRoutes(app: DeepApp, accounts: StorageAccounts): void {
  const placeOf = (account: string): ITrashPlace => {
    const { can, server, user } = accounts.get(account);
    if (!can.trash) {
      throw new DeepError(
        'storage-refused',
        `${accounts.hostOf(account)} has no trash.`
      );
    }
    return {
      exchange: accounts.exchange(account),
      url: `${server}/remote.php/dav/trashbin/${encodePath(user)}`
    };
  };
  app.get(
    '/storage/trash/:account',
    {
      schema: {
        tags,
        params: Account,
        response: {
          200: Type.Object({ entries: Type.Array(TrashEntry) }),
          ...problems
        }
      }
    },
    async ({ params }) => ({
      entries: await listTrash(placeOf(params.account))
    })
  );
  app.post(
    '/storage/trash/:account/restore',
    {
      schema: {
        tags,
        params: Account,
        body: Type.Object({ id: Type.String({ minLength: 1 }) }),
        response: { 204: Type.Null(), ...problems }
      }
    },
    async ({ params, body }, reply) => {
      await restore(placeOf(params.account), body.id);
      return reply.code(204).send(null);
    }
  );
}
