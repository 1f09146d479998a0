import type { Exchange } from '../exchange.ts';
import type { IParts } from '../parts.ts';
import type { ISeen } from '../view.ts';

/** A request to the files of a user or of a link. */
export interface IDavRequest {
  parts: IParts;
  exchange: Exchange;
  /** What paths are below of. */
  root: ISeen;
  segments: string[];
  /** Encoded, of the root, with the webroot: `/remote.php/dav/files/ada`. */
  prefix: string;
}

/** `oc:id`: file id and instance. */
export const ocId = (id: number) =>
  `${String(id).padStart(8, '0')}ocstandin001`;
