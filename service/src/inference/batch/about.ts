import { BatchRequest, Evaluation } from '@jupyterlab-deep/protocol';
import { FoundLabels } from './labels';
import { IColumns } from './table';

/** How far the files of results are written. */
export interface IWritten {
  /** Place in the order of ends up to which the files hold every item. */
  order: number;
  linesBytes: number;
  tableBytes: number;
  /** The page of the gallery that is still growing, from 1. */
  page: number;
  /** Place in the order of ends after which that page begins. */
  pageAfter: number;
}

/** What a batch remembers of itself beside its items. */
export interface IAbout {
  request: BatchRequest;
  /** Real place of the folder that is searched. */
  folder: string;
  /** Real place of the folder of results. */
  results: string;
  title: string;
  /** Of an evaluation: where the true classes stand. */
  labels: FoundLabels;
  /** Of an evaluation: files without a label, and labels without a file. */
  leftOut: Evaluation['leftOut'];
  /** The listing is complete. */
  isListed: boolean;
  columns: IColumns;
  written: IWritten;
}
