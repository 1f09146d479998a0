import { createReadStream } from 'node:fs';
import { Type } from '@sinclair/typebox';
import { CatalogueQuery, CatalogueSource } from '@jupyterlab-deep/protocol';
import { sendGuarded } from '../http/content';
import { DeepApp, ModuleRef, ProblemRef } from '../http/types';
import { Catalogue } from './catalogue';

const Name = Type.Object({ source: Type.String(), name: Type.String() });
const Example = Type.Composite([
  Name,
  Type.Object({ example: Type.String(), argument: Type.String() })
]);
const Listing = Type.Object({
  modules: Type.Array(ModuleRef),
  total: Type.Integer(),
  sources: Type.Array(CatalogueSource),
  suggestion: Type.Optional(Type.String())
});

/** Routes of the catalogue. */
export function catalogueRoutes(app: DeepApp, catalogue: Catalogue): void {
  const tags = ['catalogue'];
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
        params: Name,
        response: { 200: ModuleRef, 404: ProblemRef }
      }
    },
    async ({ params }) => {
      const found = await catalogue.get(`${params.source}/${params.name}`);
      return found.module;
    }
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
  app.post(
    '/catalogue/refresh',
    {
      schema: {
        tags,
        summary: 'Read every source anew; an event tells when it is done',
        response: { 202: Type.Object({}) }
      }
    },
    (_request, reply) => {
      catalogue.refreshBehind();
      return reply.code(202).send({});
    }
  );
}
