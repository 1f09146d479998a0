import { DeepError } from '@jupyterlab-deep/protocol';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type IModule } from './module';
import { send, sendFieldProblems } from './replies';

/** How long the rest of a refused upload is read, so that its client can read the reply; then the connection is cut. */
const DRAIN_MS = 5000;

/** Problems by argument, as real DEEPaaS answers them; what is wrong with a picture belongs to the file argument. */
function fieldsOf(
  module: IModule,
  error: DeepError
): Record<string, string[]> | undefined {
  if (error.key !== 'invalid-picture' && error.key !== 'too-large') {
    return error.fields;
  }
  const file = module.arguments.find(({ type }) => type === 'file');
  return file && { [file.name]: [error.message] };
}

/** Reads what the client is still sending, though nobody wants it: one that is cut off in the middle does not read the reply. */
async function endUpload(
  request: IncomingMessage,
  response: ServerResponse
): Promise<void> {
  if (request.complete || request.destroyed) {
    return;
  }
  await new Promise<void>(resolve => {
    const timer = setTimeout(resolve, DRAIN_MS);
    const end = (): void => {
      clearTimeout(timer);
      resolve();
    };
    request.once('end', end).once('close', end).resume();
  });
  if (!request.complete) {
    response.setHeader('Connection', 'close');
    response.once('finish', () => request.destroy());
  }
}

function asDeepError(error: unknown): DeepError {
  return error instanceof DeepError
    ? error
    : new DeepError('internal', 'The module runtime failed.', {
        hint: "The reason is in the module's log.",
        cause: error
      });
}

/** Answers a failure in the shapes of DEEPaaS; where it has only a bare 500, with a problem document that says more. */
export async function sendFailure(
  module: IModule,
  request: IncomingMessage,
  response: ServerResponse,
  thrown: unknown
): Promise<void> {
  const error = asDeepError(thrown);
  if (error.key === 'cancelled' && response.destroyed) {
    return;
  }
  await endUpload(request, response);
  const fields = fieldsOf(module, error);
  if (fields) {
    sendFieldProblems(response, fields, error.status);
    return;
  }
  if (error.status >= 500) {
    const { message, technical, cause } = error;
    console.error(message, technical ?? '', cause ?? '');
  }
  const body = JSON.stringify(error.toProblem());
  // Whatever fails in here is this module's failure to its clients, never theirs or a gateway's.
  const status =
    error.status >= 502 && error.status <= 504 ? 500 : error.status;
  send(response, status, 'application/problem+json', body);
}
