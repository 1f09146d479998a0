import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

/** What is done with a module once it works. */
export interface INextSteps {
  onDescribe: () => void;
  /** Undefined while nothing answers that could be checked. */
  onCheck?: () => void;
  onShare: () => void;
  /** Undefined where only its files are known. */
  onDeploy?: () => void;
  onPrepare: () => void;
}

interface INextStepsProps {
  steps: INextSteps;
  trans: TranslationBundle;
}

/** The way from code that works to a module that others use, in the order in which it is gone. */
export function NextSteps({ steps, trans }: INextStepsProps): JSX.Element {
  const entries: [string, string, (() => void) | undefined][] = [
    [
      trans.__('Describe…'),
      trans.__('What it is and does, for the catalogue'),
      steps.onDescribe
    ],
    [
      trans.__('Check'),
      trans.__('Ask it by the rules of DEEPaaS'),
      steps.onCheck
    ],
    [trans.__('Share…'), trans.__('With colleagues'), steps.onShare],
    [
      trans.__('Deploy…'),
      trans.__('Let it run on, here or elsewhere'),
      steps.onDeploy
    ],
    [
      trans.__('Prepare for AI4EOSC…'),
      trans.__('What the maintainers of the catalogue ask for'),
      steps.onPrepare
    ]
  ];
  return (
    <nav className="jp-DeepDevelop-steps" aria-label={trans.__('Next steps')}>
      <span aria-hidden="true">{trans.__('Next:')}</span>
      {entries.map(
        ([label, caption, onClick]) =>
          onClick && (
            <button
              key={label}
              type="button"
              className="jp-mod-styled"
              title={caption}
              onClick={onClick}
            >
              {label}
            </button>
          )
      )}
    </nav>
  );
}
