import { Type } from '@sinclair/typebox';
import {
  MetadataCheck,
  MetadataEdit,
  MetadataMigration,
  MetadataText,
  MetadataVocabularies,
  Preparation,
  PreparationRequest,
  PreparedFilesRequest
} from '@jupyterlab-deep/protocol';
import { DeepApp, ProblemRef } from '../http/types';
import { askerOf } from '../inference/routes';
import { Metadata } from './metadata';
import { prepare, writePrepared } from './prepare';

const tags = ['metadata'];

/** Routes of the editor of metadata. */
export function metadataRoutes(app: DeepApp, metadata: Metadata): void {
  app.post(
    '/metadata/check',
    {
      schema: {
        tags,
        summary: 'What is wrong with metadata, with key and line',
        body: MetadataText,
        response: { 200: MetadataCheck }
      }
    },
    ({ body }) => metadata.check(body.text)
  );
  app.get(
    '/metadata/vocabularies',
    {
      schema: {
        tags,
        summary: 'What the platform knows words for',
        response: { 200: MetadataVocabularies }
      }
    },
    () => metadata.vocabularies()
  );
  app.post(
    '/metadata/edit',
    {
      schema: {
        tags,
        summary: 'The same text with another value at a place',
        body: MetadataEdit,
        response: { 200: MetadataText, 400: ProblemRef }
      }
    },
    ({ body }) => metadata.edit(body)
  );
  app.post(
    '/metadata/migrate',
    {
      schema: {
        tags,
        summary: 'Metadata as the newest version, and what was lost',
        body: MetadataText,
        response: { 200: MetadataMigration, 400: ProblemRef }
      }
    },
    ({ body }) => metadata.migrate(body.text)
  );
  preparationRoutes(app, metadata);
}

function preparationRoutes(app: DeepApp, metadata: Metadata): void {
  app.post(
    '/metadata/prepare',
    {
      schema: {
        tags,
        summary: 'What AI4EOSC asks of a folder; nothing is sent',
        body: PreparationRequest,
        response: { 200: Preparation, 404: ProblemRef }
      }
    },
    request => prepare(metadata, request.body, askerOf(request).root)
  );
  app.post(
    '/metadata/prepare/files',
    {
      schema: {
        tags,
        summary: 'Write what is missing, never over a file',
        body: PreparedFilesRequest,
        response: {
          201: Type.Object({ written: Type.Array(Type.String()) }),
          404: ProblemRef,
          409: ProblemRef
        }
      }
    },
    async (request, reply) => {
      const { jupyterPath, names, licence } = request.body;
      const { root } = askerOf(request);
      const written = await writePrepared(metadata, {
        jupyterPath,
        root,
        names,
        licence
      });
      return reply.code(201).send({ written });
    }
  );
}
