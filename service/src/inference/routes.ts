import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Type } from '@sinclair/typebox';
import { FastifyRequest } from 'fastify';
import {
  CLIENT_HEADER,
  DeepError,
  NotebookReply,
  NotebookRequest,
  PredictionRequest,
  ROOT_HEADER,
  Upload,
  UploadRequest
} from '@jupyterlab-deep/protocol';
import { Catalogue } from '../catalogue/catalogue';
import { sendGuarded } from '../http/content';
import { DeepApp, ProblemRef, RunRef } from '../http/types';
import { RunJournal } from '../runs/journal';
import { IAsker } from './inputs';
import { makeNotebook } from './notebook';
import { Predictions } from './predictions';
import { Uploads, WrongOffset } from './uploads';

const Id = Type.Object({ id: Type.String() });
const Offset = Type.Object({ offset: Type.Integer({ minimum: 0 }) });
const Input = Type.Object({ run: Type.String(), argument: Type.String() });
const tags = ['inference'];

/** Routes of predictions and of what they work on. */
export function inferenceRoutes(
  app: DeepApp,
  { catalogue, predictions, uploads, journal }: inferenceRoutes.IParts
): void {
  app.post(
    '/inference/predictions',
    {
      schema: {
        tags,
        summary: 'Begin a prediction; its module is started if need be',
        body: PredictionRequest,
        response: { 202: RunRef, 404: ProblemRef, 422: ProblemRef }
      }
    },
    async (request, reply) => {
      const run = await predictions.begin(request.body, askerOf(request));
      return reply.code(202).send(run);
    }
  );
  app.get(
    '/inference/inputs/:run/:argument',
    { schema: { tags, summary: 'A file that was predicted', params: Input } },
    async ({ params }, reply) => {
      const input = journal
        .inputs(params.run)
        .find(({ argument }) => argument === params.argument);
      if (!input) {
        throw new DeepError('not-found', 'This run has no such file.');
      }
      await checkUnchanged(input.path, input.modifiedMs);
      const { contentType, name: filename, sizeBytes } = input;
      const content = createReadStream(input.path);
      return sendGuarded(reply, { contentType, filename, sizeBytes, content });
    }
  );
  app.post(
    '/inference/notebook',
    {
      schema: {
        tags,
        summary: 'A notebook that does what the form did',
        body: NotebookRequest,
        response: { 200: NotebookReply, 404: ProblemRef }
      }
    },
    async ({ body }) => {
      const { module } = await catalogue.get(body.module);
      return makeNotebook(body, module);
    }
  );
  uploadRoutes(app, uploads);
}

export namespace inferenceRoutes {
  export interface IParts {
    catalogue: Catalogue;
    predictions: Predictions;
    uploads: Uploads;
    journal: RunJournal;
  }
}

function uploadRoutes(app: DeepApp, uploads: Uploads): void {
  app.post(
    '/inference/uploads',
    {
      schema: {
        tags,
        summary: 'Announce a file that will come in pieces',
        body: UploadRequest,
        response: { 201: Upload, 413: ProblemRef }
      }
    },
    async ({ body }, reply) => reply.code(201).send(await uploads.begin(body))
  );
  app.get(
    '/inference/uploads/:id',
    {
      schema: {
        tags,
        summary: 'How much has come',
        params: Id,
        response: { 200: Upload, 404: ProblemRef }
      }
    },
    ({ params }) => uploads.get(params.id)
  );
  app.put(
    '/inference/uploads/:id',
    {
      config: { body: 'octets' },
      schema: {
        tags,
        summary:
          'Add a piece; 409 with X-Deep-Offset when it belongs elsewhere',
        params: Id,
        querystring: Offset,
        response: { 200: Upload, 409: ProblemRef }
      }
    },
    async ({ params, query, body }, reply) => {
      try {
        const piece = (body as Buffer | undefined) ?? Buffer.alloc(0);
        return await uploads.add(params.id, query.offset, piece);
      } catch (error) {
        if (error instanceof WrongOffset) {
          reply.header('x-deep-offset', error.upload.receivedBytes);
        }
        throw error;
      }
    }
  );
}

/** Who asks, by what the door and kernels say of themselves. */
export function askerOf({ headers }: FastifyRequest): IAsker {
  const root = headers[ROOT_HEADER];
  const client = headers[CLIENT_HEADER];
  return {
    root: typeof root === 'string' ? decodeRoot(root) : undefined,
    isBrowser: typeof client === 'string' && client.startsWith('jupyter:')
  };
}

/** A header carries ASCII only, so the door sends the path percent-encoded. */
function decodeRoot(root: string): string {
  try {
    return decodeURIComponent(root);
  } catch (cause) {
    const detail = `The header ${ROOT_HEADER} is not percent-encoded UTF-8.`;
    throw new DeepError('invalid-request', detail, { cause });
  }
}

/** A large file is not copied into its run: after a change it is not what was predicted. */
async function checkUnchanged(
  file: string,
  modifiedMs?: number
): Promise<void> {
  const info = await stat(file).catch(() => undefined);
  const isSame = modifiedMs === undefined || info?.mtimeMs === modifiedMs;
  if (!info || !isSame) {
    throw new DeepError(
      'not-found',
      'The file that was predicted has been changed or removed since.'
    );
  }
}
