import { ServerConnection } from '@jupyterlab/services';
import { DeepRequestError } from '../../service/errors';

/** What Lab expects of a drive that fails: the status decides what it offers. */
export function asDriveError(reason: unknown): unknown {
  if (!(reason instanceof DeepRequestError)) {
    return reason;
  }
  const { status, problem } = reason;
  const { detail, hint } = problem;
  const known = status >= 200 && status <= 599 ? status : 503;
  return new ServerConnection.ResponseError(
    new Response(null, { status: known, statusText: problem.title }),
    hint ? `${detail} ${hint}` : detail
  );
}

/** Lab takes an error of this name as the user's own choice, and says nothing. */
export function cancelledByUser(): Error {
  const error = new Error('Cancel');
  error.name = 'ModalCancelError';
  return error;
}
