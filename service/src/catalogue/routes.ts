import { createReadStream } from 'node:fs';
import { Type } from '@sinclair/typebox';
import {
  CatalogueFacets,
  CatalogueQuery,
  CatalogueSource,
  SourceRequest
} from '@jupyterlab-deep/protocol';
import { sendGuarded } from '../http/content';
import {
  DeepApp,
  ModuleCardRef,
  ModuleDetailRef,
  ProblemRef
} from '../http/types';
import { Catalogue } from './catalogue';

const Name = Type.Object({ source: Type.String(), name: Type.String() });
const Example = Type.Composite([
  Name,
  Type.Object({ example: Type.String(), argument: Type.String() })
]);
const Listing = Type.Object({
  modules: Type.Array(ModuleCardRef),
  matching: Type.Integer(),
  total: Type.Integer(),
  facets: CatalogueFacets,
  sources: Type.Array(CatalogueSource),
  suggestion: Type.Optional(Type.String())
});
const Id = Type.Object({ id: Type.String() });
const tags = ['catalogue'];

/** Routes of the catalogue. */
export function catalogueRoutes(app: DeepApp, catalogue: Catalogue): void {
  moduleRoutes(app, catalogue);
  sourceRoutes(app, catalogue);
  refreshRoutes(app, catalogue);
}

function moduleRoutes(app: DeepApp, catalogue: Catalogue): void {
  app.get(
    '/catalogue/modules',
    {
      schema: {
        tags,
        summary: 'Modules, all or those that fit',
        querystring: CatalogueQuery,
        response: { 200: Listing }
      }
    },
    request => catalogue.list(request.query)
  );
  app.get(
    '/catalogue/modules/:source/:name',
    {
      schema: {
        tags,
        summary: 'One module, by what any source calls it',
        params: Name,
        response: { 200: ModuleDetailRef, 404: ProblemRef }
      }
    },
    ({ params }) => catalogue.detail(`${params.source}/${params.name}`)
  );
  app.get(
    '/catalogue/modules/:source/:name/examples/:example/:argument',
    { schema: { tags, summary: 'A file of an example', params: Example } },
    async ({ params }, reply) => {
      const { file, contentType, filename } = await catalogue.exampleFile(
        `${params.source}/${params.name}`,
        params.example,
        params.argument
      );
      const content = createReadStream(file);
      return sendGuarded(reply, { contentType, filename, content });
    }
  );
  app.get(
    '/catalogue/facets',
    {
      schema: {
        tags,
        summary: 'What modules can be narrowed by',
        response: { 200: CatalogueFacets }
      }
    },
    () => catalogue.facets()
  );
}

function sourceRoutes(app: DeepApp, catalogue: Catalogue): void {
  app.get(
    '/catalogue/sources',
    {
      schema: {
        tags,
        summary: 'Where modules come from',
        response: { 200: Type.Object({ sources: Type.Array(CatalogueSource) }) }
      }
    },
    async () => ({ sources: await catalogue.sources() })
  );
  app.post(
    '/catalogue/sources',
    {
      schema: {
        tags,
        summary: 'Add a source of one’s own',
        body: SourceRequest,
        response: { 201: CatalogueSource, 409: ProblemRef, 422: ProblemRef }
      }
    },
    async ({ body }, reply) =>
      reply.code(201).send(await catalogue.addSource(body))
  );
  app.put(
    '/catalogue/sources/:id',
    {
      schema: {
        tags,
        summary: 'Switch a source on or off',
        params: Id,
        body: Type.Object(
          { enabled: Type.Boolean() },
          { additionalProperties: false }
        ),
        response: { 200: CatalogueSource, 404: ProblemRef }
      }
    },
    ({ params, body }) => catalogue.switchSource(params.id, body.enabled)
  );
  app.delete(
    '/catalogue/sources/:id',
    {
      schema: {
        tags,
        summary: 'Remove a source of one’s own',
        params: Id,
        response: { 204: Type.Null(), 404: ProblemRef }
      }
    },
    async ({ params }, reply) => {
      await catalogue.removeSource(params.id);
      return reply.code(204).send(null);
    }
  );
}

function refreshRoutes(app: DeepApp, catalogue: Catalogue): void {
  app.post(
    '/catalogue/refresh',
    {
      schema: {
        tags,
        summary: 'Ask one source or all anew; events tell how it goes',
        body: Type.Object(
          { source: Type.Optional(Type.String()) },
          { additionalProperties: false }
        ),
        response: { 202: Type.Object({}), 404: ProblemRef }
      }
    },
    async ({ body }, reply) => {
      await catalogue.refresh(body.source);
      return reply.code(202).send({});
    }
  );
  app.post(
    '/catalogue/refresh/cancel',
    {
      schema: {
        tags,
        summary: 'Stop asking; what was known stays',
        response: { 202: Type.Object({}) }
      }
    },
    (_request, reply) => {
      catalogue.cancelRefresh();
      return reply.code(202).send({});
    }
  );
}
