import type { IPace } from './pace.ts';
import type { Shares } from './shares.ts';
import type { ISwitches } from './switches.ts';
import type { Throttle } from './throttle.ts';
import type { FileTree } from './tree.ts';
import type { Users } from './users.ts';

/** What the routes share. */
export interface IParts {
  tree: FileTree;
  users: Users;
  shares: Shares;
  switches: ISwitches;
  throttle: Throttle;
  pace?: IPace;
  /** Where chunks lie. */
  uploads: string;
  /** Base URL as seen from outside, without slash at the end. */
  url: string;
  webroot: string;
}
