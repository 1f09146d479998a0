import { DeepError } from '@jupyterlab-deep/protocol';

/** What to do where nothing can be written. */
export const FREE_SPACE =
  'Free space and try again, or put the store aside by `jupyter deep reset` and delete it.';

const SQLITE_FULL = 13;
const FULL_CODES = new Set(['ENOSPC', 'EDQUOT']);

interface IFailure {
  code?: string;
  /** Primary and extended result code of SQLite in one number. */
  errcode?: number;
  cause?: unknown;
}

/** Whether a write failed for want of space or quota. */
export function isNoSpace(error: unknown): boolean {
  const { code, errcode, cause } = (error ?? {}) as IFailure;
  const isFull =
    FULL_CODES.has(code ?? '') || ((errcode ?? 0) & 0xff) === SQLITE_FULL;
  return isFull || (cause !== undefined && isNoSpace(cause));
}

/** The failure of a write in words; anything that is not about space is returned as it is. */
export function storeFailure(error: unknown, folder: string): unknown {
  const isSaid = error instanceof DeepError && error.key === 'no-space';
  if (isSaid || !isNoSpace(error)) {
    return error;
  }
  return new DeepError(
    'no-space',
    `Nothing could be written to ${folder}: the disk is full or the quota is used up.`,
    {
      hint: FREE_SPACE,
      technical: (error as Error).message,
      cause: error
    }
  );
}
