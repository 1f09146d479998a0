import type { Consent, Problem } from '@jupyterlab-deep/protocol';
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

const REFUSE = 0;

/** An image of somebody else, and what it would see. */
export interface IForeignImage {
  /** Name with its tag. */
  origin: string;
  /** Name with its digest, where it is known already. */
  commit: string;
  sees: string[];
}

/** What a refusal asks about; null when it is about no image. */
export function imageIn({ technical }: Problem): IForeignImage | null {
  try {
    const { origin, commit, sees } = JSON.parse(
      technical ?? ''
    ) as Partial<IForeignImage>;
    return origin && commit ? { origin, commit, sees: sees ?? [] } : null;
  } catch {
    // Of other code: it has a question of its own.
    return null;
  }
}

/** Show what the image is and sees. @returns null when it shall not run, which is what Enter and Escape say too. */
export async function askForImage(
  { origin, commit, sees }: IForeignImage,
  title: string,
  trans: TranslationBundle
): Promise<Consent | null> {
  const { button } = await showDialog({
    title: trans.__('Run the image of “%1”?', title),
    body: (
      <div className="jp-DeepInference-consentFacts">
        <p>
          {trans.__(
            'It is the code of its author. Run it only if you trust where it comes from.'
          )}
        </p>
        <dl>
          <dt>{trans.__('From')}</dt>
          <dd>{origin}</dd>
          {commit !== origin && (
            <>
              <dt>{trans.__('Digest')}</dt>
              <dd>
                <code>{commit}</code>
              </dd>
            </>
          )}
          <dt>{trans.__('What it sees')}</dt>
          <dd>
            {sees.map(each => (
              <p key={each}>{each}</p>
            ))}
          </dd>
        </dl>
      </div>
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Do not run') }),
      Dialog.warnButton({ label: trans.__('Run it') })
    ],
    defaultButton: REFUSE
  });
  return button.accept ? { commit } : null;
}
