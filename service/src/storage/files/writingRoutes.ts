import { Type } from '@sinclair/typebox';
import {
  StorageMoveRequest,
  StorageSaveRequest
} from '@jupyterlab-deep/protocol';
import { DeepApp, RunRef, StorageEntryRef } from '../../http/types';
import { checkNewPath } from './names';
import { ISavingParts, inMemory, refuseExisting, save, write } from './saving';
import { Account, problems, Put, Remove, tags } from './schemas';

/** Routes that change what lies there. */
export function writingRoutes(
  app: DeepApp,
  { accounts, copies, uploads }: ISavingParts
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
