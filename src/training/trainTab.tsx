import * as React from 'react';
import { DeploymentState } from '../inference/deploymentState';
import { whereDataGoes } from '../inference/deploymentWords';
import { ArgumentForm } from '../inference/form';
import type { IPageContext } from '../inference/pageContext';
import { lackWords } from '../inference/usability';
import { ErrorBox } from '../shared/errorBox';
import { useChanges } from '../shared/useChanges';
import { DataField } from './dataField';
import { JustBound, TextField } from './dataBinding';
import { TrainCode } from './trainCode';
import { TrainingView } from './trainingView';

const FIELDS = { DeepData: DataField, DeepText: TextField };

/** A warning, where it would be trained on a machine that has less than it asks for. */
function Shortage({ page }: { page: IPageContext }): JSX.Element | null {
  const { model, trans } = page;
  const { deployment } = model.deployment;
  const lacks = model.module?.fit.trainingLacks ?? [];
  const isHere = !deployment || deployment.target === 'process';
  return lacks.length > 0 && isHere ? (
    <p className="jp-DeepInference-where">
      <span aria-hidden="true">▲ </span>
      {trans.__(
        'Its training asks for more than this machine has: %1.',
        lackWords({ lacks }, trans)
      )}
    </p>
  ) : null;
}

/** *Train*: left the form, right the training that goes or went last. */
export function TrainTab({ page }: { page: IPageContext }): JSX.Element {
  const { model, trans } = page;
  const { train, deployment } = model;
  useChanges(train);
  useChanges(deployment);
  const justBoundRef = React.useRef('');
  const forgetBound = () => {
    justBoundRef.current = '';
  };
  React.useEffect(() => {
    void train.open();
  }, [train]);
  return (
    <div className="jp-DeepInference-try">
      <section
        className="jp-DeepInference-input"
        aria-label={trans.__('Training')}
        onKeyDownCapture={forgetBound}
        onPointerDownCapture={forgetBound}
      >
        <DeploymentState page={page} />
        <p className="jp-DeepInference-where" role="status">
          {whereDataGoes(deployment.deployment, trans)}
        </p>
        <Shortage page={page} />
        {train.notTrainable && <p>{train.notTrainable}</p>}
        {train.plan && (
          <JustBound.Provider value={justBoundRef}>
            <ArgumentForm
              page={page}
              trans={trans}
              plan={train.plan}
              idPrefix={`${page.idPrefix}-train`}
              values={train.values}
              fieldErrors={train.fieldErrors}
              fields={FIELDS}
              onChange={values => train.setValues(values)}
              onSubmit={() => void train.begin()}
            />
            <div className="jp-DeepInference-actions">
              <button
                type="button"
                className="jp-mod-styled jp-mod-accept"
                disabled={train.isBeginning}
                onClick={() => void train.begin()}
              >
                {trans.__('Start')}
              </button>
            </div>
            <TrainCode page={page} />
          </JustBound.Provider>
        )}
      </section>
      <section
        className="jp-DeepInference-output"
        aria-label={trans.__('Result')}
      >
        {train.error && (
          <ErrorBox problem={train.error.problem} trans={trans} />
        )}
        {train.run ? (
          <TrainingView page={page} run={train.run} />
        ) : (
          <p className="jp-DeepInference-empty">
            {trans.__('Choose the data and press Start to see it learn here.')}
          </p>
        )}
      </section>
    </div>
  );
}
