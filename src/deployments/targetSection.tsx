import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { useNow } from '../shared/time';
import type { DeploymentActions } from './actions';
import { DeploymentRow } from './deploymentRow';
import type { ITargetGroup } from './groups';
import type { DeploymentsModel } from './model';
import { gistOf, TARGET_SIGNS, targetFacts, targetState } from './words';

const TICK_MS = 30_000;

interface ITargetSectionProps {
  group: ITargetGroup;
  model: DeploymentsModel;
  actions: DeploymentActions;
  trans: TranslationBundle;
  /** Id of the row that Tab leads to. */
  current: string;
  onFocus: (id: string) => void;
}

/** A place where modules can run, whether it can be used, and what runs there. */
export function TargetSection(props: ITargetSectionProps): JSX.Element {
  const { group, trans } = props;
  const { title, current, earlier, target } = group;
  return (
    <section aria-label={title} className="jp-DeepDeployments-target">
      <TargetHeader {...props} />
      {target && current.length + earlier.length === 0 && (
        <p className="jp-DeepDeployments-facts">
          {trans.__('Nothing runs here.')}
        </p>
      )}
      <ul>{current.map(each => rowOf(each.id, props))}</ul>
      {earlier.length > 0 && (
        <details>
          <summary>{trans.__('Earlier (%1)', earlier.length)}</summary>
          <ul>{earlier.map(each => rowOf(each.id, props))}</ul>
        </details>
      )}
    </section>
  );
}

function rowOf(id: string, props: ITargetSectionProps): JSX.Element | null {
  const { model, actions, trans, current, onFocus } = props;
  const deployment = model.get(id);
  return deployment ? (
    <DeploymentRow
      key={id}
      {...{ deployment, model, actions, trans }}
      isCurrent={id === current}
      onFocus={() => onFocus(id)}
    />
  ) : null;
}

interface ISaidProps {
  said: string;
  hint?: string;
  trans: TranslationBundle;
}

/** Why it cannot be used and what to do; how that was found out is folded. */
function Said({ said, hint, trans }: ISaidProps): JSX.Element {
  const { gist, rest } = gistOf(said);
  return (
    <div className="jp-DeepDeployments-problem">
      {gist} {hint}
      {rest && (
        <details>
          <summary>{trans.__('Details')}</summary>
          {rest}
        </details>
      )}
    </div>
  );
}

function TargetHeader(props: ITargetSectionProps): JSX.Element {
  const { group, model, actions, trans } = props;
  const { id, title, target } = group;
  const now = useNow(TICK_MS);
  if (!target) {
    return <h3>{title}</h3>;
  }
  const { state, said, hint } = target;
  const failure = model.failureOf(id)?.problem;
  const facts = targetFacts(target, trans, now);
  const isFit = state === 'reachable' || state === 'unknown';
  const { signIn } = actions;
  return (
    <>
      <div className="jp-DeepDeployments-targetLine" data-state={state}>
        <h3 title={said}>
          <span className="jp-DeepDeployments-sign" aria-hidden="true">
            {TARGET_SIGNS[state]}
          </span>{' '}
          {title}
          <span className="jp-DeepDeployments-said">
            {' '}
            {targetState(target, trans)}
          </span>
          {facts && <span className="jp-DeepDeployments-used"> · {facts}</span>}
        </h3>
        <button
          type="button"
          aria-label={trans.__('Check %1', title)}
          disabled={model.isBusy(id)}
          onClick={() => void actions.check(id)}
        >
          {trans.__('Check')}
        </button>
        {target.isOwn && (
          <button
            type="button"
            aria-label={trans.__('Remove the place %1', title)}
            disabled={model.isBusy(id)}
            onClick={() => void actions.removeTarget(target)}
          >
            {trans.__('Remove')}
          </button>
        )}
      </div>
      {!isFit && <Said said={said} hint={hint} trans={trans} />}
      {state === 'needs-account' && signIn && (
        <button
          type="button"
          className="jp-mod-styled"
          aria-label={trans.__('Sign in for %1', title)}
          onClick={signIn}
        >
          {trans.__('Sign in…')}
        </button>
      )}
      {failure && (
        <p className="jp-DeepDeployments-problem" role="alert">
          {failure.detail} {failure.hint}
        </p>
      )}
    </>
  );
}
