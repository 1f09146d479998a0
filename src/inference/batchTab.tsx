import * as React from 'react';
import { ErrorBox } from '../shared/errorBox';
import { useChanges } from '../shared/useChanges';
import { BatchForm } from './batchForm';
import { BatchRunView } from './batchRunView';
import { DeploymentState } from './deploymentState';
import { whereDataGoes } from './deploymentWords';
import type { IPageContext } from './pageContext';

/** *Folder*: many files of Jupyter, one after another, with the values of the form. */
export function BatchTab({ page }: { page: IPageContext }): JSX.Element {
  const { model, trans } = page;
  const { batch, trial } = model;
  useChanges(batch);
  useChanges(trial);
  useChanges(model.deployment);
  React.useEffect(() => {
    void batch.open();
  }, [batch]);
  return (
    <div className="jp-DeepInference-try">
      <section
        className="jp-DeepInference-input"
        aria-label={trans.__('Files')}
      >
        <DeploymentState page={page} />
        <p className="jp-DeepInference-where" role="status">
          {whereDataGoes(model.deployment.deployment, trans)}
        </p>
        {trial.plan && trial.plan.files.length > 0 && (
          <BatchForm page={page} plan={trial.plan} />
        )}
        {trial.plan && trial.plan.files.length === 0 && (
          <p>{trans.__('This module takes no files.')}</p>
        )}
      </section>
      <section
        className="jp-DeepInference-output"
        aria-label={trans.__('Results')}
      >
        {batch.error && (
          <ErrorBox problem={batch.error.problem} trans={trans} />
        )}
        {batch.run ? (
          <BatchRunView page={page} run={batch.run} />
        ) : (
          <p className="jp-DeepInference-empty">
            {trans.__('Choose a folder and press Start to see results here.')}
          </p>
        )}
      </section>
    </div>
  );
}
