import { TransferRequest } from '@jupyterlab-deep/protocol';
import { DeepApp, ProblemRef, RunRef } from '../../http/types';
import { askerOf } from '../../inference/routes';
import { Copies } from './copies';

/** Routes of transfers beside those that every run has. */
export function transferRoutes(app: DeepApp, copies: Copies): void {
  app.post(
    '/storage/transfers',
    {
      schema: {
        tags: ['storage'],
        summary: 'Copy a file or folder between an account and this machine',
        body: TransferRequest,
        response: { 202: RunRef, 404: ProblemRef, 409: ProblemRef }
      }
    },
    async (request, reply) =>
      reply.code(202).send(await copies.begin(request.body, askerOf(request)))
  );
}
