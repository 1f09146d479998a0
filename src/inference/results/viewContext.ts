import type { Run } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IPredictionResult } from '../result';

/** What every view of an answer works with. */
export interface IViewContext {
  result: IPredictionResult;

  /** What a file of the answer is called when it is saved. */
  filename: string;

  /** The file that was predicted, where it is a picture that browsers show; changes with the run. */
  input: IInputPicture | null;
  trans: TranslationBundle;

  /** Unique prefix for element ids. */
  idPrefix: string;

  /** How many files this view is inside of: an archive within an archive. */
  depth: number;
}

/** The picture that things were found in. */
export interface IInputPicture {
  run: Run;
  name: string;
  load: () => Promise<Blob | null>;
}

/** What the views of one part of an answer take. */
export interface IPartProps<Part> {
  part: Part;
  view: IViewContext;
}
