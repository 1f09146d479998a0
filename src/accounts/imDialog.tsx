import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { showForm } from './formDialog';
import { ImForm } from './imForm';
import { ImModel } from './imModel';

/** Ends when it is closed. */
export const showImForm = (
  model: ImModel,
  trans: TranslationBundle
): Promise<void> =>
  showForm(
    trans.__('Credentials of an Infrastructure Manager'),
    <ImForm model={model} trans={trans} />,
    model,
    trans
  );
