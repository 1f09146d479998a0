import type { Deployment } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import { foreignHost, isThisMachine, placeOf } from './hosts';

/** A shape beside the words, so that colour is never alone. */
export const DEPLOYMENT_SIGNS: Record<Deployment['state'], string> = {
  preparing: '◐',
  starting: '◐',
  ready: '●',
  unreachable: '▲',
  stopping: '◐',
  stopped: '○',
  failed: '▲'
};

/** How a running module stands, for people. */
export function stateWords(
  deployment: Deployment,
  trans: TranslationBundle
): string {
  const host = foreignHost(deployment);
  return host === null
    ? ownWords(deployment, trans)
    : foreignWords(deployment, host, trans);
}

function ownWords(deployment: Deployment, trans: TranslationBundle): string {
  const { state, phase, error } = deployment;
  switch (state) {
    case 'preparing':
      return phase || trans.__('The module is being prepared…');
    case 'starting':
      return phase || trans.__('The module is starting…');
    case 'ready':
      return readyWords(deployment, trans);
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

function readyWords(deployment: Deployment, trans: TranslationBundle): string {
  const place = placeOf(deployment);
  if (place !== null) {
    return trans.__('Ready at %1.', place);
  }
  return deployment.target === 'process'
    ? trans.__('Ready on this machine.')
    : trans.__('Ready in a container on this machine.');
}

function foreignWords(
  { state, error }: Deployment,
  host: string,
  trans: TranslationBundle
): string {
  switch (state) {
    case 'preparing':
    case 'starting':
      return trans.__('Asking %1 whether it answers…', host);
    case 'ready':
      return trans.__('Connected to %1.', host);
    case 'unreachable':
    case 'failed':
      return trans.__(
        'Connected to %1, which does not answer: %2',
        host,
        error ?? trans.__('it gives no reason.')
      );
    case 'stopping':
    case 'stopped':
      return trans.__('Disconnected from %1; its server goes on.', host);
  }
}

/** Where the data of a prediction goes, for people; `deployment` is null until one is known. */
export function whereDataGoes(
  deployment: Deployment | null,
  trans: TranslationBundle
): string {
  if (!deployment) {
    return trans.__('Your data goes nowhere before a running module is known.');
  }
  const host = placeOf(deployment);
  if (host === null) {
    return trans.__('Your data stays on this machine.');
  }
  if (deployment.state === 'stopped') {
    return trans.__('Your data goes nowhere: there is no connection.');
  }
  return isThisMachine(host)
    ? trans.__('Your data goes to %1, on this machine.', host)
    : trans.__('Your data goes to %1.', host);
}
