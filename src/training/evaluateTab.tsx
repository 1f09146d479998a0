import * as React from 'react';
import { DeploymentState } from '../inference/deploymentState';
import { whereDataGoes } from '../inference/deploymentWords';
import type { IPageContext } from '../inference/pageContext';
import { ErrorBox } from '../shared/errorBox';
import { useChanges } from '../shared/useChanges';
import { EvaluateForm } from './evaluateForm';
import { EvaluationView } from './evaluationView';

/** *Evaluate*: left the data with labels, right what the module found in them. */
export function EvaluateTab({ page }: { page: IPageContext }): JSX.Element {
  const { model, trans } = page;
  const { evaluate, trial, deployment } = model;
  useChanges(evaluate);
  useChanges(trial);
  useChanges(deployment);
  React.useEffect(() => {
    void evaluate.open();
  }, [evaluate]);
  return (
    <div className="jp-DeepInference-try">
      <section
        className="jp-DeepInference-input"
        aria-label={trans.__('Test data')}
      >
        <DeploymentState page={page} />
        <p className="jp-DeepInference-where" role="status">
          {whereDataGoes(deployment.deployment, trans)}
        </p>
        {trial.plan && trial.plan.files.length > 0 && (
          <EvaluateForm page={page} plan={trial.plan} />
        )}
        {trial.plan && trial.plan.files.length === 0 && (
          <p>{trans.__('This module takes no files.')}</p>
        )}
      </section>
      <section
        className="jp-DeepInference-output"
        aria-label={trans.__('Evaluation')}
      >
        {evaluate.error && (
          <ErrorBox problem={evaluate.error.problem} trans={trans} />
        )}
        {evaluate.run ? (
          <EvaluationView page={page} run={evaluate.run} />
        ) : (
          <p className="jp-DeepInference-empty">
            {trans.__(
              'Choose data whose classes are known and press Start to see how often the module is right.'
            )}
          </p>
        )}
      </section>
    </div>
  );
}
