import type { Deployment } from '@jupyterlab-deep/protocol';
import * as React from 'react';
import { ErrorBox } from '../shared/errorBox';
import { Elapsed } from '../shared/time';
import { useChanges, useSignal } from '../shared/useChanges';
import { ConnectButton } from './connectButton';
import { ConsentBox } from './consentBox';
import { DEPLOYMENT_SIGNS, stateWords } from './deploymentWords';
import { foreignHost } from './hosts';
import type { IPageContext } from './pageContext';
import { whyUnusable } from './usability';

/** Whether the module runs, here or elsewhere, and for how long it has been in this state. */
export function DeploymentState({ page }: { page: IPageContext }): JSX.Element {
  const { service, trans } = page;
  const { deployment } = page.model;
  useChanges(deployment);
  useSignal(service.connectionChanged);
  const { error } = deployment;
  const again = {
    label: error?.isOffline ? trans.__('Try again') : trans.__('Start'),
    onClick: () => void deployment.start()
  };
  if (error?.key === 'consent-needed') {
    return <ConsentBox page={page} problem={error.problem} />;
  }
  return (
    <div className="jp-DeepInference-deployment">
      {error ? (
        <ErrorBox problem={error.problem} trans={trans} actions={[again]} />
      ) : (
        <Known page={page} />
      )}
    </div>
  );
}

function Known({ page }: { page: IPageContext }): JSX.Element {
  const { service, model, trans } = page;
  const known = model.deployment.deployment;
  if (service.connection.state === 'unreachable') {
    return (
      <p role="status">
        {trans.__('Whether the module runs is not known at the moment.')}
      </p>
    );
  }
  if (known) {
    return <StateLine page={page} known={known} />;
  }
  return model.canTry || !model.module ? (
    <p role="status">{trans.__('Starting the module…')}</p>
  ) : (
    <>
      <p role="status">{whyUnusable(model.module, trans)}</p>
      <ConnectButton page={page} />
    </>
  );
}

interface IStateLineProps {
  page: IPageContext;
  known: Deployment;
}

function StateLine({ page, known }: IStateLineProps): JSX.Element {
  const { trans } = page;
  const isMoving = ['preparing', 'starting', 'stopping'].includes(known.state);
  return (
    <div className="jp-DeepInference-state" data-state={known.state}>
      <p role="status">
        <span aria-hidden="true">{DEPLOYMENT_SIGNS[known.state]} </span>
        {stateWords(known, trans)}
      </p>
      {isMoving && <Elapsed since={known.since} />}
      {known.state === 'ready' && known.backend && (
        <span className="jp-DeepInference-backend">{known.backend}</span>
      )}
      {foreignHost(known) === null ? (
        <OwnActions page={page} known={known} />
      ) : (
        <ForeignActions page={page} known={known} />
      )}
    </div>
  );
}

/** Of a module on this machine. */
function OwnActions({ page, known }: IStateLineProps): JSX.Element | null {
  const { model, trans } = page;
  const { deployment } = model;
  if (known.state === 'stopped' || known.state === 'failed') {
    return (
      <StateButton
        label={trans.__('Start again')}
        onClick={() => deployment.start()}
      />
    );
  }
  if (known.runtime !== 'python' || known.state === 'stopping') {
    return null;
  }
  return known.state === 'ready' ? (
    <StateButton
      label={trans.__('Restart')}
      onClick={() => deployment.restart()}
    />
  ) : (
    <StateButton label={trans.__('Cancel')} onClick={() => deployment.stop()} />
  );
}

/** Of a module that somebody else runs: it is neither started nor stopped from here. */
function ForeignActions({ page, known }: IStateLineProps): JSX.Element {
  const { model, trans } = page;
  if (!model.deployment.isLive) {
    return <ConnectButton page={page} address={known.endpoint} />;
  }
  return (
    <>
      {known.state === 'unreachable' && (
        <StateButton
          label={trans.__('Ask again')}
          onClick={() => model.deployment.ask()}
        />
      )}
      <StateButton
        label={trans.__('Disconnect')}
        onClick={() => model.deployment.disconnect()}
      />
    </>
  );
}

interface IStateButtonProps {
  label: string;
  onClick: () => Promise<void>;
}

function StateButton({ label, onClick }: IStateButtonProps): JSX.Element {
  return (
    <button
      type="button"
      className="jp-mod-styled"
      onClick={() => void onClick()}
    >
      {label}
    </button>
  );
}
