import type { TranslationBundle } from '@jupyterlab/translation';
import { DeepRequestError } from '../service/errors';

/** `source/name`. A link may name anything, also what would lead to another route. */
const MODULE_ID = /^[a-z0-9-]+\/(?!\.{1,2}$)[A-Za-z0-9._-]+$/;

/** @throws DeepRequestError `not-found` for what cannot be the id of a module. */
export function checkModuleId(id: string, trans: TranslationBundle): void {
  if (!MODULE_ID.test(id)) {
    throw new DeepRequestError({
      type: 'urn:jupyterlab-deep:not-found',
      title: trans.__('Not found'),
      status: 404,
      detail: trans.__('“%1” is not the name of a module.', id)
    });
  }
}
