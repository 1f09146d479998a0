import type { Run } from '@jupyterlab-deep/protocol';

/** Whether it may still change by itself or by a person's order. */
export const isOpen = ({ state }: Run): boolean =>
  state === 'queued' || state === 'running' || state === 'paused';
