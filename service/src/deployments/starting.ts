import { DeepError, Deployment, Module } from '@jupyterlab-deep/protocol';
import { ICatalogueEntry } from '../catalogue/source';
import { isLive } from './records';
import { IDeployable } from './targets/target';

/** Its API has answered; a development environment has none. */
export const isReady = (deployment?: Deployment): boolean =>
  deployment?.state === 'ready' && deployment.modelPath !== undefined;

/** The one that is asked soonest: what is ready before what is not, what is here before what is elsewhere. */
export function soonestOf(
  all: readonly Deployment[],
  modules: readonly string[],
  target?: Deployment['target']
): Deployment | undefined {
  const rank = (each: Deployment): number =>
    (isReady(each) ? 0 : 2) + (each.target === 'process' ? 0 : 1);
  return (
    all
      .filter(each => modules.includes(each.module) && isLive(each))
      // A development environment runs there, which has no API.
      .filter(each => each.state !== 'ready' || isReady(each))
      .filter(each => target === undefined || each.target === target)
      .sort((a, b) => rank(a) - rank(b))
      .at(0)
  );
}

/** What a catalogue's entry is to targets. */
export const deployable = ({
  module,
  folder,
  python
}: ICatalogueEntry): IDeployable => ({
  module,
  folder: folder ?? (python?.kind === 'folder' ? python.folder : undefined)
});

/** Longer nobody waits for a module's files before it is ordered elsewhere. */
const BRING_MS = 240_000;

/** The same, once the files of what a colleague shares are here. @throws DeepError of their fetching */
export async function deployableHere(
  entry: ICatalogueEntry
): Promise<IDeployable> {
  const what = deployable(entry);
  const isAway = what.folder === undefined && entry.bring !== undefined;
  return isAway
    ? { ...what, folder: await entry.bring!(AbortSignal.timeout(BRING_MS)) }
    : what;
}

/** What any source calls it. */
export const idsOf = ({ id, origins }: Module): string[] => [
  id,
  ...origins.map(origin => origin.id)
];

export const notConnected = (id: string): DeepError =>
  new DeepError('not-found', `${id} is not connected.`, {
    hint: 'It runs elsewhere: take “Connect to a running module…” and give its address.'
  });

export const notRunnable = ({ title }: Module): DeepError =>
  new DeepError(
    'module-not-implemented',
    `${title} is a container image; nothing on this machine runs it yet.`,
    {
      hint: 'Deploy it to an engine or a cloud; or, when it runs somewhere, take “Connect to a running module…” and give its address.'
    }
  );

/** What is waited for, unless the signal comes first. */
export function untilAborted<T>(
  awaited: Promise<T>,
  signal: AbortSignal
): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) {
    abort();
  }
  return Promise.race([awaited, promise]).finally(() =>
    signal.removeEventListener('abort', abort)
  );
}
