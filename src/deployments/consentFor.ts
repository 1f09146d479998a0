import type { TranslationBundle } from '@jupyterlab/translation';
import type { InferenceClient } from '../inference/client';
import { orTell } from '../storage/tell';
import type { AskForConsent } from './deployDialog';

/** Shows what foreign code is, be it an image or Python, and lets the user decide. */
export const consentFor =
  (client: InferenceClient, trans: TranslationBundle): AskForConsent =>
  async (module, refused) => {
    const { askForImage, imageIn } = await import('./imageConsent');
    const image = imageIn(refused);
    if (image) {
      return askForImage(image, module, trans);
    }
    const { askForConsent } = await import('../inference/consentDialog');
    let consent: Awaited<ReturnType<AskForConsent>> = null;
    await orTell(
      trans.__('Could not look at the code of %1', module),
      async () => {
        const question = await client.getQuestion(module);
        consent = await askForConsent(question, trans);
      },
      trans
    );
    return consent;
  };
