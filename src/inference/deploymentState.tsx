import type { Deployment } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { ErrorBox } from '../shared/errorBox';
import { Elapsed } from '../shared/time';
import { useChanges, useSignal } from '../shared/useChanges';
import type { DeploymentModel } from './deploymentModel';
import type { IPageContext } from './pageContext';

/** Whether the module runs, and for how long it has been in this state. */
export function DeploymentState({ page }: { page: IPageContext }): JSX.Element {
  const { service, trans } = page;
  const { deployment } = page.model;
  useChanges(deployment);
  useSignal(service.connectionChanged);
  const start = {
    label: trans.__('Start'),
    onClick: () => void deployment.start()
  };
  const { error } = deployment;
  return (
    <div className="jp-DeepInference-deployment">
      {error ? (
        <ErrorBox problem={error.problem} trans={trans} actions={[start]} />
      ) : (
        <StateLine
          deployment={deployment}
          isOffline={service.connection.state === 'unreachable'}
          trans={trans}
        />
      )}
    </div>
  );
}

interface IStateLineProps {
  deployment: DeploymentModel;

  /** What was known may no longer be so. */
  isOffline: boolean;
  trans: TranslationBundle;
}

/** A shape beside the words, so that colour is never alone. */
const SIGNS: Record<Deployment['state'], string> = {
  preparing: '◐',
  starting: '◐',
  ready: '●',
  unreachable: '▲',
  stopping: '◐',
  stopped: '○',
  failed: '▲'
};

function StateLine(props: IStateLineProps): JSX.Element {
  const { deployment, isOffline, trans } = props;
  const known = deployment.deployment;
  if (isOffline) {
    return (
      <p role="status">
        {trans.__('Whether the module runs is not known at the moment.')}
      </p>
    );
  }
  if (!known) {
    return <p role="status">{trans.__('Starting the module…')}</p>;
  }
  const isMoving = ['preparing', 'starting', 'stopping'].includes(known.state);
  return (
    <div className="jp-DeepInference-state" data-state={known.state}>
      <p role="status">
        <span aria-hidden="true">{SIGNS[known.state]} </span>
        {stateWords(known, trans)}
      </p>
      {isMoving && <Elapsed since={known.since} />}
      {known.state === 'ready' && known.backend && (
        <span className="jp-DeepInference-backend">{known.backend}</span>
      )}
      {(known.state === 'stopped' || known.state === 'failed') && (
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => void deployment.start()}
        >
          {trans.__('Start again')}
        </button>
      )}
    </div>
  );
}

function stateWords(
  { state, phase, error }: Deployment,
  trans: TranslationBundle
): string {
  switch (state) {
    case 'preparing':
      return phase || trans.__('The module is being prepared…');
    case 'starting':
      return phase || trans.__('The module is starting…');
    case 'ready':
      return trans.__('Ready on this machine.');
    case 'unreachable':
      return error ?? trans.__('The module does not answer at the moment.');
    case 'stopping':
      return trans.__('The module is stopping…');
    case 'stopped':
      return trans.__(
        'The module has stopped. It starts again when you predict.'
      );
    case 'failed':
      return error ?? trans.__('The module could not be started.');
  }
}
