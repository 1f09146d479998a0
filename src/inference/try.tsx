import type { Module } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { ErrorBox } from '../shared/errorBox';
import { formatSize } from '../shared/sizes';
import { Elapsed } from '../shared/time';
import { useChanges } from '../shared/useChanges';
import { CellButtons } from './cellButtons';
import { DeploymentState } from './deploymentState';
import { whereDataGoes } from './deploymentWords';
import { TryForm } from './form';
import { FormNotices } from './formNotices';
import type { IPageContext } from './pageContext';
import { ResultView } from './resultView';
import type { TryModel } from './tryModel';

interface ITryProps {
  page: IPageContext;
  module: Module;

  /** It has no name yet that a cell could call it by. */
  isDraft?: boolean;

  /** What surrounds it says whether the module runs. */
  isStateKnown?: boolean;
}

/** Left the form, right the answer. */
export function Try(props: ITryProps): JSX.Element {
  const { page, module, isDraft, isStateKnown } = props;
  const { model, trans } = page;
  const { trial } = model;
  useChanges(trial);
  useChanges(model.deployment);
  return (
    <div className="jp-DeepInference-try">
      <section
        className="jp-DeepInference-input"
        aria-label={trans.__('Input')}
      >
        {!isStateKnown && <DeploymentState page={page} />}
        <p className="jp-DeepInference-where" role="status">
          {whereDataGoes(model.deployment.deployment, trans)}
        </p>
        {trial.plan && (
          <>
            <Examples page={page} module={module} />
            <FormNotices page={page} />
            <TryForm page={page} plan={trial.plan} />
            <PredictButton trial={trial} trans={trans} />
            {!isDraft && <CellButtons page={page} />}
          </>
        )}
      </section>
      <section
        className="jp-DeepInference-output"
        aria-label={trans.__('Result')}
      >
        {trial.error && (
          <ErrorBox
            problem={trial.error.problem}
            trans={trans}
            actions={[
              {
                label: trans.__('Predict again'),
                onClick: () => void trial.predict()
              }
            ]}
          />
        )}
        <ResultView page={page} />
      </section>
    </div>
  );
}

function Examples({ page, module }: ITryProps): JSX.Element | null {
  const { trial } = page.model;
  const { trans } = page;
  if (module.examples.length === 0) {
    return null;
  }
  return (
    <div
      role="group"
      aria-label={trans.__('Examples')}
      className="jp-DeepInference-examples"
    >
      <span>{trans.__('Examples:')}</span>
      {module.examples.map(example => (
        <button
          key={example.name}
          type="button"
          onClick={() => trial.useExample(example)}
        >
          {example.title}
        </button>
      ))}
    </div>
  );
}

interface IPredictButtonProps {
  trial: TryModel;
  trans: TranslationBundle;
}

/** *Predict*, and *Stop* with the elapsed time while it goes. One button, so that the focus stays. */
function PredictButton({ trial, trans }: IPredictButtonProps): JSX.Element {
  const { busySince } = trial;
  return (
    <div className="jp-DeepInference-actions">
      <button
        type="button"
        className={`jp-mod-styled ${busySince ? 'jp-mod-warn' : 'jp-mod-accept'}`}
        onClick={() => void (busySince ? trial.stop() : trial.predict())}
      >
        {busySince ? trans.__('Stop') : trans.__('Predict')}
      </button>
      {busySince && <Elapsed since={busySince} />}
      <span role="status">{progressWords(trial, trans)}</span>
    </div>
  );
}

function progressWords(trial: TryModel, trans: TranslationBundle): string {
  const { upload, busySince, run } = trial;
  if (upload) {
    return trans.__(
      'Sending %1: %2 of %3',
      upload.name,
      formatSize(upload.sentBytes),
      formatSize(upload.totalBytes)
    );
  }
  if (busySince) {
    return run?.phase || trans.__('Waiting for the answer…');
  }
  switch (run?.state) {
    case 'succeeded':
      return trans.__('Done.');
    case 'cancelled':
      return trans.__('Stopped.');
    default:
      return '';
  }
}
