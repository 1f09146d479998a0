import type { Deployment } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Menu } from '@lumino/widgets';
import * as React from 'react';
import { DEPLOYMENT_SIGNS } from '../inference/deploymentWords';
import { webUrl } from '../inference/webUrl';
import { Elapsed, useNow } from '../shared/time';
import type { DeploymentActions } from './actions';
import { COMMAND_OF } from './commandOf';
import type { DeploymentsModel } from './model';
import { IN_MENU, offersOf, offerWord, rowOffers } from './offers';
import { focusTitle } from './rowKeys';
import { factsOf, isMoving, silenceWords, stateWord } from './words';

const TICK_MS = 10_000;

export interface IDeploymentRowProps {
  deployment: Deployment;
  model: DeploymentsModel;
  actions: DeploymentActions;
  trans: TranslationBundle;
  /** The one that Tab leads to. */
  isCurrent: boolean;
  onFocus: () => void;
}

/** A deployment: how it stands, what it has, what went wrong, what can be done. */
export function DeploymentRow(props: IDeploymentRowProps): JSX.Element {
  const { deployment, model, actions, trans, isCurrent, onFocus } = props;
  const { id, title, state, error } = deployment;
  const failure = model.failureOf(id)?.problem;
  return (
    <li
      className="jp-DeepDeployments-row"
      data-state={state}
      data-deep-deployment={id}
      onFocus={onFocus}
    >
      <div className="jp-DeepDeployments-line">
        <span className="jp-DeepDeployments-sign" aria-hidden="true">
          {DEPLOYMENT_SIGNS[state]}
        </span>
        <button
          type="button"
          className="jp-DeepDeployments-title"
          title={trans.__('Open the page of %1', deployment.module)}
          tabIndex={isCurrent ? 0 : -1}
          onClick={() => void actions.open(deployment)}
        >
          {title}
        </button>
        <span className="jp-DeepDeployments-state">
          {stateWord(deployment, trans)}
        </span>
      </div>
      <Facts {...props} />
      {error && <p className="jp-DeepDeployments-problem">{error}</p>}
      {failure && (
        <p className="jp-DeepDeployments-problem" role="alert">
          {failure.detail} {failure.hint}
        </p>
      )}
      <Buttons {...props} />
    </li>
  );
}

/** What it is doing and for how long, or what it has and how old it is. */
function Facts(props: IDeploymentRowProps): JSX.Element {
  const { deployment, model, trans } = props;
  const now = useNow(TICK_MS);
  if (!isMoving(deployment)) {
    return (
      <p
        className="jp-DeepDeployments-facts"
        title={momentsOf(deployment, trans)}
      >
        {factsOf(deployment, trans, now)}
      </p>
    );
  }
  const silence = silenceWords(model.heardAt(deployment.id), trans, now);
  return (
    <p className="jp-DeepDeployments-facts">
      {deployment.phase && `${deployment.phase} · `}
      <Elapsed since={deployment.since} />
      {silence && ` · ${silence}`}
    </p>
  );
}

/** The exact times behind the relative ones. */
function momentsOf(
  { createdAt, readyAt, lastUsedAt, backend, image }: Deployment,
  trans: TranslationBundle
): string {
  const words = (moment: string): string => new Date(moment).toLocaleString();
  return [
    trans.__('Begun: %1', words(createdAt)),
    readyAt && trans.__('Ready: %1', words(readyAt)),
    lastUsedAt && trans.__('Last used: %1', words(lastUsedAt)),
    backend,
    image
  ]
    .filter(Boolean)
    .join('\n');
}

function Buttons(props: IDeploymentRowProps): JSX.Element {
  const { deployment, model, actions, trans, isCurrent } = props;
  const { id, title } = deployment;
  const isBusy = model.isBusy(id);
  const tabIndex = isCurrent ? 0 : -1;
  return (
    <div className="jp-DeepDeployments-actions">
      {rowOffers(deployment).map(offer => {
        const label = offerWord(offer, deployment, trans);
        return (
          <button
            key={offer}
            type="button"
            aria-label={`${label} ${title}`}
            disabled={isBusy}
            tabIndex={tabIndex}
            onClick={event => {
              // The button may be gone when it is done.
              focusTitle(event.currentTarget);
              void actions.do(offer, deployment);
            }}
          >
            {label}
          </button>
        );
      })}
      {Object.entries(deployment.pages ?? {}).map(([name, address]) => {
        const url = webUrl(address);
        return (
          url && (
            <a
              key={name}
              href={url.href}
              target="_blank"
              rel="noopener noreferrer"
              tabIndex={tabIndex}
              aria-label={trans.__('Open %1 of %2', name, title)}
            >
              {trans.__('Open %1', name)}
            </a>
          )
        );
      })}
      <button
        type="button"
        aria-haspopup="menu"
        aria-label={trans.__('More for %1', title)}
        tabIndex={tabIndex}
        onClick={event => openMenu(event.currentTarget, props)}
      >
        ⋯
      </button>
    </div>
  );
}

function openMenu(
  button: HTMLElement,
  { actions, deployment }: IDeploymentRowProps
): void {
  const offers = offersOf(deployment);
  const menu = new Menu({ commands: actions.commands });
  for (const offer of IN_MENU.filter(each => offers.has(each))) {
    menu.addItem({ command: COMMAND_OF[offer], args: { id: deployment.id } });
  }
  menu.aboutToClose.connect(() => {
    // The chosen command runs after the menu has closed; a dialog of it takes the focus then.
    requestAnimationFrame(() => menu.dispose());
    button.focus();
  });
  const { left, bottom } = button.getBoundingClientRect();
  menu.open(left, bottom);
}
