import type { TargetPlan } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { ArgumentForm } from '../inference/form';
import { ErrorBox } from '../shared/errorBox';
import { Elapsed } from '../shared/time';
import { useChanges } from '../shared/useChanges';
import type { DeployModel } from './deployModel';
import { TARGET_SIGNS, targetState } from './words';

interface IDeployFormProps {
  model: DeployModel;
  trans: TranslationBundle;
  onSubmit: () => void;
}

/** Module, place, options, and what will happen. */
export function DeployForm(props: IDeployFormProps): JSX.Element {
  const { model, trans, onSubmit } = props;
  useChanges(model);
  const { plan, form, error, busySince } = model;
  return (
    <div className="jp-DeepDeployments-form">
      <ModuleChoice {...props} />
      <TargetChoice {...props} />
      <p role="status" className="jp-DeepDeployments-asking">
        {busySince && (
          <>
            {plan
              ? trans.__('Deploying…')
              : trans.__('Asking what would happen…')}{' '}
            <Elapsed since={busySince} />
          </>
        )}
      </p>
      {plan && !plan.isPossible && (
        <p className="jp-DeepDeployments-problem" role="alert">
          {plan.reason ?? trans.__('It cannot run there.')}
        </p>
      )}
      {plan?.isPossible && form && (
        <>
          {Object.keys(form.schema.properties ?? {}).length > 0 && (
            <ArgumentForm
              trans={trans}
              plan={form}
              idPrefix="jp-deep-deploy"
              values={model.values}
              fieldErrors={model.fieldErrors}
              onChange={values => model.setValues(values)}
              onSubmit={onSubmit}
            />
          )}
          <Happening plan={plan} trans={trans} />
        </>
      )}
      {error && error.key !== 'consent-needed' && (
        <ErrorBox problem={error.problem} trans={trans} />
      )}
      {error?.key === 'consent-needed' && (
        <p className="jp-DeepDeployments-problem">{error.problem.detail}</p>
      )}
    </div>
  );
}

function ModuleChoice({ model, trans }: IDeployFormProps): JSX.Element {
  const [text, setText] = React.useState(model.module);
  const { start, modules } = model;
  if (start.module !== undefined || start.like) {
    return (
      <p>
        {trans.__('Module')}:{' '}
        <strong>{start.like?.title ?? model.module}</strong>{' '}
        {start.like && <code>{model.module}</code>}
      </p>
    );
  }
  const choose = (typed: string): void => {
    setText(typed);
    const found = modules?.find(
      ({ id, title }) => typed === id || typed === `${title} (${id})`
    );
    model.setModule(found?.id ?? '');
  };
  return (
    <label>
      {trans.__('Module')}
      <input
        className="jp-mod-styled"
        type="search"
        list="jp-deep-deploy-modules"
        autoComplete="off"
        placeholder={
          modules ? trans.__('Type a part of its name') : trans.__('Asking…')
        }
        value={text}
        onChange={event => choose(event.currentTarget.value)}
      />
      <datalist id="jp-deep-deploy-modules">
        {modules?.map(({ id, title }) => (
          <option key={id} value={`${title} (${id})`} />
        ))}
      </datalist>
    </label>
  );
}

function TargetChoice({ model, trans }: IDeployFormProps): JSX.Element {
  const { targets, target } = model;
  const chosen = targets?.find(({ id }) => id === target);
  const isFit = !chosen || ['reachable', 'unknown'].includes(chosen.state);
  return (
    <>
      <label>
        {trans.__('Where')}
        <select
          className="jp-mod-styled"
          value={target}
          disabled={!targets}
          onChange={event => model.setTarget(event.currentTarget.value)}
        >
          {!targets && <option value={target}>{trans.__('Asking…')}</option>}
          {targets?.map(each => (
            <option key={each.id} value={each.id}>
              {`${TARGET_SIGNS[each.state]} ${each.title}${
                each.state === 'reachable'
                  ? ''
                  : ` — ${targetState(each, trans)}`
              }`}
            </option>
          ))}
        </select>
      </label>
      {chosen && !isFit && (
        <p className="jp-DeepDeployments-problem">
          {chosen.said} {chosen.hint}
        </p>
      )}
    </>
  );
}

interface IHappeningProps {
  plan: TargetPlan;
  trans: TranslationBundle;
}

function Happening({ plan, trans }: IHappeningProps): JSX.Element {
  const { says, warnings, cost } = plan;
  return (
    <section aria-label={trans.__('What will happen')}>
      <h3>{trans.__('What will happen')}</h3>
      <ul>
        {says.map(words => (
          <li key={words}>{words}</li>
        ))}
      </ul>
      {warnings.map(words => (
        <p key={words} className="jp-DeepDeployments-problem">
          <span aria-hidden="true">▲</span> {words}
        </p>
      ))}
      {cost && <p>{trans.__('Cost: %1', cost)}</p>}
    </section>
  );
}
