import * as path from 'node:path';
import type { TransferPlace } from '@jupyterlab-deep/protocol';

/** A folder or file of a linked account, as it is written in cells: `cloud:plants/leaf.jpg`. */
export interface ICloudPlace {
  account: string;
  path: string;
}

const CLOUD = /^([a-z][a-z0-9-]{0,30}):(.*)$/s;

/** Understand `account:path`; undefined of anything else. Slashes around the path do not matter. */
export function asCloudPlace(text: string): ICloudPlace | undefined {
  const [, account, below] = CLOUD.exec(text) ?? [];
  return account === undefined
    ? undefined
    : { account, path: below.replace(/^\/+|\/+$/g, '') };
}

/** One side of a copy: `account:path`, or a local path relative to the notebook (`./a:b` where its name has a colon). */
export const asTransferPlace = (text: string): TransferPlace =>
  asCloudPlace(text) ?? { path: path.resolve(text) };
