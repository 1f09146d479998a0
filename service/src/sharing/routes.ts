import { Type } from '@sinclair/typebox';
import {
  AuthorKey,
  ExportedKey,
  FetchRequest,
  KeyExportRequest,
  KeyImport,
  KeyImportRequest,
  OpenLinkRequest,
  Publications,
  PublishRequest,
  ReceivedModules,
  SharedLinks,
  SharedModule,
  SharePreview,
  SharePreviewRequest,
  SharingFolder,
  SharingFolders,
  Withdrawal
} from '@jupyterlab-deep/protocol';
import { Catalogue } from '../catalogue/catalogue';
import { DeepApp, ProblemRef, RunRef } from '../http/types';
import { askerOf } from '../inference/routes';
import { SHARED } from './received';
import { Sharing } from './sharing';

const Name = Type.Object({ name: Type.String() });
const tags = ['sharing'];
/** How long somebody waits for what lies behind a link. */
const LINK_MS = 60_000;

/** Routes of modules that are shared, by this user and with this user. */
export function sharingRoutes(
  app: DeepApp,
  sharing: Sharing,
  catalogue: Catalogue
): void {
  publishRoutes(app, sharing);
  receivedRoutes(app, sharing, catalogue);
  linkRoutes(app, sharing, catalogue);
  keyRoutes(app, sharing);
  folderRoutes(app, sharing, catalogue);
}

function publishRoutes(app: DeepApp, sharing: Sharing): void {
  app.post(
    '/sharing/preview',
    {
      schema: {
        tags,
        summary: 'What would be shared; nothing happens',
        body: SharePreviewRequest,
        response: { 200: SharePreview, 404: ProblemRef, 422: ProblemRef }
      }
    },
    request => sharing.publishing.preview(request.body, askerOf(request))
  );
  app.get(
    '/sharing/publications',
    {
      schema: {
        tags,
        summary: 'What was shared from here',
        response: { 200: Publications }
      }
    },
    async () => ({ publications: await sharing.publishing.published() })
  );
  app.post(
    '/sharing/publications',
    {
      schema: {
        tags,
        summary: 'Share a version of a module',
        body: PublishRequest,
        response: { 202: RunRef, 404: ProblemRef, 409: ProblemRef }
      }
    },
    async (request, reply) => {
      const { body } = request;
      const run = await sharing.publishing.begin(body, askerOf(request));
      return reply.code(202).send(run);
    }
  );
  app.post(
    '/sharing/withdrawals',
    {
      schema: {
        tags,
        summary: 'Take back what was shared',
        body: Withdrawal,
        response: { 204: Type.Null(), 404: ProblemRef }
      }
    },
    async (request, reply) => {
      await sharing.publishing.withdraw(request.body, askerOf(request));
      return reply.code(204).send(null);
    }
  );
}

function receivedRoutes(
  app: DeepApp,
  { received, fetching }: Sharing,
  catalogue: Catalogue
): void {
  app.get(
    '/sharing/received',
    {
      schema: {
        tags,
        summary: 'What colleagues share, as it was last seen',
        response: { 200: ReceivedModules }
      }
    },
    () => received.list()
  );
  app.post(
    '/sharing/received/:name/fetch',
    {
      schema: {
        tags,
        summary: 'Bring a shared module’s files here, checked',
        params: Name,
        body: FetchRequest,
        response: { 202: RunRef, 404: ProblemRef, 422: ProblemRef }
      }
    },
    async ({ params, body }, reply) =>
      reply.code(202).send(await fetching.begin(params.name, body))
  );
  app.post(
    '/sharing/received/:name/trust',
    {
      schema: {
        tags,
        summary: 'Take another key for that of its author',
        params: Name,
        body: Type.Object(
          { key: Type.String({ maxLength: 100 }) },
          { additionalProperties: false }
        ),
        response: { 200: SharedModule, 404: ProblemRef, 409: ProblemRef }
      }
    },
    async ({ params, body }) => {
      await received.trust(params.name, body.key);
      await catalogue.reread(SHARED);
      return received.about(await received.get(params.name));
    }
  );
  app.delete(
    '/sharing/received/:name',
    {
      schema: {
        tags,
        summary: 'Forget one that is not shared any more',
        params: Name,
        response: { 204: Type.Null(), 404: ProblemRef, 409: ProblemRef }
      }
    },
    async ({ params }, reply) => {
      await received.forget(params.name);
      await catalogue.reread(SHARED);
      return reply.code(204).send(null);
    }
  );
}

function keyRoutes(app: DeepApp, sharing: Sharing): void {
  app.get(
    '/sharing/key',
    {
      schema: {
        tags,
        summary: 'The fingerprint of the key that signs what is shared',
        response: { 200: AuthorKey }
      }
    },
    () => sharing.keys.about()
  );
  app.post(
    '/sharing/key/export',
    {
      schema: {
        tags,
        summary: 'The key as a file that only its passphrase opens',
        body: KeyExportRequest,
        response: { 200: ExportedKey }
      }
    },
    ({ body }) => sharing.keys.export(body.passphrase)
  );
  app.post(
    '/sharing/key/import',
    {
      schema: {
        tags,
        summary:
          'Look at such a file, or sign with its key from now on once that is confirmed',
        body: KeyImportRequest,
        response: { 200: KeyImport, 409: ProblemRef, 422: ProblemRef }
      }
    },
    ({ body }) => sharing.keys.import(body)
  );
}

function linkRoutes(
  app: DeepApp,
  { received }: Sharing,
  catalogue: Catalogue
): void {
  app.get(
    '/sharing/links',
    {
      schema: {
        tags,
        summary: 'Links that were opened, without what makes them links',
        response: { 200: SharedLinks }
      }
    },
    async () => ({ links: await received.links() })
  );
  app.post(
    '/sharing/links',
    {
      schema: {
        tags,
        summary:
          'Look behind a link that somebody sent, and list what is there',
        body: OpenLinkRequest,
        response: {
          200: Type.Object({ modules: Type.Array(SharedModule) }),
          403: ProblemRef,
          404: ProblemRef,
          422: ProblemRef
        }
      }
    },
    async ({ body }) => {
      const signal = AbortSignal.timeout(LINK_MS);
      const modules = await received.openLink(body, signal);
      await catalogue.reread(SHARED);
      return { modules };
    }
  );
  app.delete(
    '/sharing/links/:id',
    {
      schema: {
        tags,
        summary: 'Forget a link and what lies behind it',
        params: Type.Object({ id: Type.String({ maxLength: 40 }) }),
        response: { 204: Type.Null(), 404: ProblemRef }
      }
    },
    async ({ params }, reply) => {
      await received.removeLink(params.id);
      await catalogue.reread(SHARED);
      return reply.code(204).send(null);
    }
  );
}

function folderRoutes(
  app: DeepApp,
  { received }: Sharing,
  catalogue: Catalogue
): void {
  const folders = async (): Promise<SharingFolders> => {
    await received.open();
    return { folders: received.known.folders.map(path => ({ path })) };
  };
  app.get(
    '/sharing/folders',
    {
      schema: {
        tags,
        summary: 'Folders on disks where is looked for modules',
        response: { 200: SharingFolders }
      }
    },
    folders
  );
  app.post(
    '/sharing/folders',
    {
      schema: {
        tags,
        body: SharingFolder,
        response: { 200: SharingFolders, 404: ProblemRef }
      }
    },
    async ({ body }) => {
      await received.addFolder(body.path);
      await catalogue.reread(SHARED);
      return folders();
    }
  );
  app.delete(
    '/sharing/folders',
    {
      schema: {
        tags,
        querystring: SharingFolder,
        response: { 200: SharingFolders }
      }
    },
    async ({ query }) => {
      await received.removeFolder(query.path);
      await catalogue.reread(SHARED);
      return folders();
    }
  );
}
