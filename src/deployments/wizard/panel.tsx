import '../../../style/inference.css';
import '../../../style/results.css';
import '../../../style/wizard.css';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import * as React from 'react';
import { useChanges } from '../../shared/useChanges';
import type { IWizardContext } from './context';
import { ModelStep } from './modelStep';
import type { Step, WizardModel } from './model';
import { SettingsStep } from './settingsStep';
import { TryStep } from './tryStep';
import { WhereStep } from './whereStep';

const STEPS = [1, 2, 3, 4] as const satisfies Step[];

const VIEWS = {
  1: ModelStep,
  2: SettingsStep,
  3: TryStep,
  4: WhereStep
} as const;

/** Four steps from a model's file to a deployment. */
export class WizardPanel extends ReactWidget {
  constructor(readonly wizard: IWizardContext) {
    super();
    this.addClass('jp-DeepInference-page');
    this.addClass('jp-DeepWizard');
    this.node.tabIndex = -1;
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.wizard.model.dispose();
      super.dispose();
    }
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    this.node.focus();
  }

  protected render(): JSX.Element {
    return <Wizard wizard={this.wizard} />;
  }
}

function Wizard({ wizard }: { wizard: IWizardContext }): JSX.Element {
  const { model, trans, close } = wizard;
  useChanges(model);
  const { step } = model;
  const View = VIEWS[step];
  return (
    <div
      onKeyDown={event => {
        // A menu or field that closes by it has taken it.
        if (event.key === 'Escape' && !event.defaultPrevented) {
          event.stopPropagation();
          close();
        }
      }}
    >
      <Steps step={step} trans={trans} />
      <Heading step={step} trans={trans} />
      <p role="status" className="jp-DeepWizard-sentence">
        {busyWords(model, trans) || sentenceOf(model, trans)}
      </p>
      <View wizard={wizard} />
      <Buttons wizard={wizard} />
    </div>
  );
}

const titlesOf = (trans: TranslationBundle): Record<Step, string> => ({
  1: trans.__('Model'),
  2: trans.__('Labels and preparation'),
  3: trans.__('Try it here'),
  4: trans.__('Where')
});

function Steps({
  step,
  trans
}: {
  step: Step;
  trans: TranslationBundle;
}): JSX.Element {
  const titles = titlesOf(trans);
  return (
    <ol className="jp-DeepWizard-steps" aria-label={trans.__('Steps')}>
      {STEPS.map(each => (
        <li
          key={each}
          aria-current={each === step ? 'step' : undefined}
          data-state={each < step ? 'done' : each === step ? 'now' : 'later'}
        >
          <span aria-hidden="true">{each < step ? '✓' : each}</span>{' '}
          {titles[each]}
        </li>
      ))}
    </ol>
  );
}

/** Takes the focus with each step, so that keyboard and screen reader are where the eye is. */
function Heading({
  step,
  trans
}: {
  step: Step;
  trans: TranslationBundle;
}): JSX.Element {
  const node = React.useRef<HTMLHeadingElement>(null);
  const before = React.useRef(step);
  React.useEffect(() => {
    if (before.current !== step) {
      before.current = step;
      node.current?.focus();
    }
  }, [step]);
  return (
    <h1 ref={node} tabIndex={-1}>
      {titlesOf(trans)[step]}
    </h1>
  );
}

function busyWords({ busy }: WizardModel, trans: TranslationBundle): string {
  switch (busy) {
    case 'inspecting':
      return trans.__('Reading the file…');
    case 'saving':
      return trans.__('Loading the model, to see whether it runs…');
    case 'asking':
      return trans.__('Asking where it can run…');
    case 'deploying':
      return trans.__('Deploying…');
    case 'writing':
      return trans.__('Writing the project…');
    case null:
      return '';
  }
}

function sentenceOf(model: WizardModel, trans: TranslationBundle): string {
  switch (model.step) {
    case 1:
      return model.inspection?.problem
        ? trans.__('No module can be made of this file as it is.')
        : trans.__('The file is read, and nothing of it is run.');
    case 2:
      return trans.__(
        'What the file does not say. Then the model is written as a draft and run once on this machine.'
      );
    case 3:
      return trans.__(
        'The draft runs on this machine. Give it something whose answer you know; if it is wrong, go back and try another preparation.'
      );
    case 4:
      return model.deployment || model.module
        ? trans.__('%1 is under My modules.', model.module?.title ?? '')
        : trans.__(
            'The draft gets its name under My modules, and is started where you say.'
          );
  }
}

function Buttons({ wizard }: { wizard: IWizardContext }): JSX.Element {
  const { model, trans, close } = wizard;
  const { step, busy, module, deployment } = model;
  const canGoOn = step === 1 ? Boolean(model.inspection?.proposal) : step !== 4;
  const isOver = module !== null && step === 4;
  const cannotDeploy = model.plan?.isPossible === false || !model.targets;
  return (
    <div className="jp-DeepWizard-buttons">
      <button type="button" className="jp-mod-styled" onClick={close}>
        {isOver ? trans.__('Close') : trans.__('Cancel')}
      </button>
      {step > 1 && !isOver && (
        <button
          type="button"
          className="jp-mod-styled"
          disabled={busy !== null}
          onClick={() => model.back()}
        >
          {trans.__('Back')}
        </button>
      )}
      {step < 4 && (
        <button
          type="button"
          className="jp-mod-styled jp-mod-accept"
          disabled={!canGoOn || busy !== null}
          onClick={() => void model.next()}
        >
          {trans.__('Next')}
        </button>
      )}
      {step === 4 && !module && (
        <button
          type="button"
          className="jp-mod-styled"
          disabled={busy !== null}
          onClick={() => void model.keep()}
        >
          {trans.__('Save without starting')}
        </button>
      )}
      {step === 4 && !deployment && (
        <button
          type="button"
          className="jp-mod-styled jp-mod-accept"
          disabled={busy !== null || cannotDeploy}
          onClick={() => void model.deploy()}
        >
          {trans.__('Deploy')}
        </button>
      )}
    </div>
  );
}
