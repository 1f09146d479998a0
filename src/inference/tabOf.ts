import type { Run } from '@jupyterlab-deep/protocol';
import type { PageTab } from './model';

const TABS: Record<Run['kind'], PageTab> = {
  batch: 'folder',
  prediction: 'try',
  training: 'train',
  job: 'runs',
  // Of no module, or of its API.
  transfer: 'runs',
  topology: 'runs',
  check: 'runs',
  environment: 'runs'
};

/** Where the page of its module shows a run. */
export const tabOf = ({ kind, batch }: Run): PageTab =>
  batch?.labels ? 'evaluate' : TABS[kind];
