import type { INotebookTracker } from '@jupyterlab/notebook';

/** The name in a cell's metadata. */
export const METADATA = 'deep';

/** What the active cell says in its metadata; undefined where it is none of ours. */
export const formOfActive = (notebooks: INotebookTracker | null): unknown =>
  notebooks?.activeCell?.model.getMetadata(METADATA);
