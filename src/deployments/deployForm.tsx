import type { TargetPlan } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { ArgumentForm } from '../inference/form';
import { ErrorBox } from '../shared/errorBox';
import { Elapsed } from '../shared/time';
import { useChanges } from '../shared/useChanges';
import type { DeployAs, DeployModel } from './deployModel';
import { TemplatesBox } from './templatesBox';
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
      {model.takesJobs && <AsChoice {...props} />}
      {model.takesTemplates && <TemplatesBox {...props} />}
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
          {model.as === 'job' && <Script {...props} />}
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

/** Whether it answers until it is stopped, or carries out a script once. */
function AsChoice({ model, trans }: IDeployFormProps): JSX.Element {
  const choices: [DeployAs, string][] = [
    ['deployment', trans.__('A service that answers until it is stopped')],
    ['job', trans.__('A batch job: its container carries out a script once')]
  ];
  return (
    <fieldset className="jp-DeepDeployments-as">
      <legend>{trans.__('As')}</legend>
      {choices.map(([as, words]) => (
        <label key={as}>
          <input
            type="radio"
            name="jp-deep-deploy-as"
            checked={model.as === as}
            onChange={() => model.setAs(as)}
          />
          {words}
        </label>
      ))}
    </fieldset>
  );
}

function Script({ model, trans }: IDeployFormProps): JSX.Element {
  const { script, scriptError } = model;
  return (
    <label className="jp-DeepDeployments-script">
      {trans.__('Script')}
      <textarea
        className="jp-mod-styled"
        rows={6}
        spellCheck={false}
        aria-invalid={scriptError !== ''}
        placeholder={trans.__('Commands of bash, one a line')}
        value={script}
        onChange={event => model.setScript(event.currentTarget.value)}
        // Enter makes a line here and sends nothing.
        onKeyDown={event => event.stopPropagation()}
      />
      {scriptError && (
        <span role="alert" className="jp-DeepInference-fieldError">
          {scriptError}
        </span>
      )}
    </label>
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
