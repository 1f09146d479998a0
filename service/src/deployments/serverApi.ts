import {
  IModuleDescription,
  ModuleClient
} from '@jupyterlab-deep/kernel-helpers/deepaas';
import { DeepError } from '@jupyterlab-deep/protocol';
import { ANSWER_MS } from './modelList';

/** Failures that say by themselves what is the matter. */
const CLEAR = ['module-unreachable', 'timeout', 'cancelled'];

/**
 * The API of a model on a server that need not keep to DEEPaaS's form.
 *
 * @throws DeepError `module-unreachable`, `timeout`, `cancelled`; `address-refused` when it is no API of a model.
 */
export async function readApi(
  client: ModuleClient,
  signal?: AbortSignal
): Promise<IModuleDescription> {
  try {
    return await client.describe({ signal, timeoutMs: ANSWER_MS });
  } catch (error) {
    if (!(error instanceof DeepError)) {
      throw new DeepError(
        'address-refused',
        'The server describes its API in a form that DEEPaaS does not have.',
        { technical: (error as Error).message, cause: error }
      );
    }
    if (CLEAR.includes(error.key)) {
      throw error;
    }
    const { detail, hint, technical } = error;
    const options = { hint, technical, cause: error };
    throw new DeepError('address-refused', detail, options);
  }
}
