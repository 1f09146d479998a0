import type { Target, TargetPlan } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { CommandIDs } from '../../inference/commandIds';
import { ArgumentForm } from '../../inference/form';
import { ErrorBox } from '../../shared/errorBox';
import { gistOf } from '../words';
import type { IWizardContext } from './context';

/** Of the deployments panel, which need not be there. */
const SHOW_DEPLOYMENTS = 'deep:show-deployments';

/** Place, resources, cost; then the deployment. */
export function WhereStep({ wizard }: { wizard: IWizardContext }): JSX.Element {
  const { model, trans } = wizard;
  const { error, module, deployment } = model;
  return (
    <>
      {deployment || (module && !model.targets && !model.busy) ? null : (
        <Where wizard={wizard} />
      )}
      {error && <ErrorBox problem={error.problem} trans={trans} />}
      {module && (deployment || !model.busy) && <Done wizard={wizard} />}
      <PythonProject wizard={wizard} />
    </>
  );
}

function Where({ wizard }: { wizard: IWizardContext }): JSX.Element {
  const { model, trans, idPrefix } = wizard;
  const { targets, target, plan, options } = model;
  return (
    <>
      <fieldset
        className="jp-DeepWizard-targets"
        disabled={model.busy !== null}
      >
        <legend>{trans.__('Where it runs')}</legend>
        {targets?.map(each => (
          <TargetChoice
            key={each.id}
            target={each}
            isChosen={each.id === target}
            name={`${idPrefix}-target`}
            trans={trans}
            onChoose={() => void model.setTarget(each.id)}
          />
        ))}
      </fieldset>
      {plan && !plan.isPossible && (
        <p role="alert" className="jp-DeepWizard-reason">
          {plan.reason ?? trans.__('It cannot run there.')}
        </p>
      )}
      {plan?.isPossible && <Happening plan={plan} trans={trans} />}
      {plan?.isPossible && options && (
        <ArgumentForm
          trans={trans}
          plan={options}
          idPrefix={`${idPrefix}-options`}
          values={model.optionValues}
          fieldErrors={model.optionErrors}
          onChange={values => model.setOptionValues(values)}
          onSubmit={() => void model.deploy()}
        />
      )}
    </>
  );
}

interface ITargetChoiceProps {
  target: Target;
  isChosen: boolean;
  name: string;
  trans: TranslationBundle;
  onChoose: () => void;
}

function TargetChoice(props: ITargetChoiceProps): JSX.Element {
  const { target, isChosen, name, trans, onChoose } = props;
  const { title, state, said, hint, used } = target;
  const states: Record<Target['state'], string> = {
    unknown: trans.__('not asked yet'),
    reachable: trans.__('reachable'),
    unreachable: trans.__('does not answer'),
    'needs-account': trans.__('somebody has to sign in')
  };
  const gist = state === 'reachable' ? '' : gistOf(said).gist;
  const words = [states[state], used, gist, hint];
  return (
    <label>
      <input type="radio" name={name} checked={isChosen} onChange={onChoose} />
      <span>
        <strong>{title}</strong> — {words.filter(Boolean).join(' · ')}
      </span>
    </label>
  );
}

function Happening({
  plan,
  trans
}: {
  plan: TargetPlan;
  trans: TranslationBundle;
}): JSX.Element {
  return (
    <section aria-label={trans.__('What will happen')}>
      <ul>
        {plan.says.map(words => (
          <li key={words}>{words}</li>
        ))}
      </ul>
      {plan.warnings.map(words => (
        <p key={words} className="jp-DeepWizard-reason">
          <span aria-hidden="true">▲</span> {words}
        </p>
      ))}
      {plan.cost && <p>{trans.__('Cost: %1', plan.cost)}</p>}
    </section>
  );
}

/** It has its name: what can be done with it now. */
function Done({ wizard }: { wizard: IWizardContext }): JSX.Element {
  const { model, commands, trans, close } = wizard;
  const { title, id } = model.module!;
  return (
    <div className="jp-DeepWizard-done">
      {model.deployment && (
        <p>
          {trans.__(
            '%1 is being deployed. It goes on when this tab is closed.',
            title
          )}
        </p>
      )}
      <div className="jp-DeepInference-actions">
        <button
          type="button"
          className="jp-mod-styled jp-mod-accept"
          onClick={() => {
            void commands.execute(CommandIDs.openModule, { id, tab: 'try' });
            close();
          }}
        >
          {trans.__('Open its page')}
        </button>
        {model.deployment && commands.hasCommand(SHOW_DEPLOYMENTS) && (
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() => {
              void commands.execute(SHOW_DEPLOYMENTS);
              close();
            }}
          >
            {trans.__('Show deployments')}
          </button>
        )}
      </div>
    </div>
  );
}

/** For places that want the platform's own server. */
function PythonProject({ wizard }: { wizard: IWizardContext }): JSX.Element {
  const { model, trans, idPrefix, currentFolder } = wizard;
  const name = model.module?.name ?? model.inspection?.name ?? 'module';
  const [folder, setFolder] = React.useState(() =>
    [currentFolder(), `${name}-module`].filter(Boolean).join('/')
  );
  const { python } = model;
  const id = `${idPrefix}-project`;
  return (
    <details className="jp-DeepWizard-python">
      <summary>{trans.__('As a Python module for the platform')}</summary>
      <p>
        {trans.__(
          'A project with the same model behind DEEPaaS, the platform’s own server, with a Containerfile and tests: for places that want an image, or to go on from.'
        )}
      </p>
      <label htmlFor={id}>{trans.__('Into this folder of Jupyter')}</label>
      <input
        id={id}
        className="jp-mod-styled"
        value={folder}
        onChange={event => setFolder(event.currentTarget.value)}
      />
      <button
        type="button"
        className="jp-mod-styled"
        disabled={model.busy !== null || folder.trim() === ''}
        onClick={() => void model.writePython(folder.trim())}
      >
        {trans.__('Write the project')}
      </button>
      <div role="status">
        {python?.says.map(words => (
          <p key={words}>{words}</p>
        ))}
      </div>
    </details>
  );
}
