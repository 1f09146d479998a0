import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { showForm } from './formDialog';
import { SignInForm } from './signInForm';
import { SignInModel } from './signInModel';

/** Ends when it is closed; a sign-in that still waits is given up then. */
export async function showSignIn(
  model: SignInModel,
  trans: TranslationBundle
): Promise<void> {
  if (model.isKnown) {
    void model.begin();
  }
  await showForm(
    titleOf(model, trans),
    <SignInForm model={model} trans={trans} />,
    model,
    trans
  );
}

function titleOf(model: SignInModel, trans: TranslationBundle): string {
  if (!model.isKnown) {
    return trans.__('Sign in elsewhere');
  }
  return model.isAgain
    ? trans.__('Link %1 again', model.title)
    : trans.__('Sign in at %1', model.title);
}
