import { DeepError, Run } from '@jupyterlab-deep/protocol';
import { isLive } from './journal';

/** @throws DeepError `conflict` when it has ended. */
export function refuseEnded(run: Run): void {
  if (!isLive(run)) {
    const says = `This run has already ended: ${run.state}.`;
    throw new DeepError('conflict', says);
  }
}

/** @throws DeepError `conflict` unless it is at work. */
export function refuseIdle({ state }: Run): void {
  if (state !== 'running' && state !== 'queued') {
    throw new DeepError('conflict', `This run is not at work: ${state}.`);
  }
}

/** @throws DeepError `conflict` unless it is paused. */
export function refuseUnpaused({ state }: Run): void {
  if (state !== 'paused') {
    throw new DeepError('conflict', `This run is not paused: ${state}.`);
  }
}
