import { lstat, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { DeepError } from '@jupyterlab-deep/protocol';
import { isNoSpace } from '../../store/diskErrors';

/**
 * Fill a folder that does not exist or is empty: it is there when it is whole, and nothing is left behind where filling fails.
 *
 * @throws DeepError `conflict`, `no-space`, what filling throws
 */
export async function fillFolder(
  to: string,
  fill: (scratch: string) => Promise<void>
): Promise<void> {
  await refuseFilled(to);
  const scratch = await scratchBeside(to);
  try {
    await fill(scratch);
    // An empty folder gives way; one that was filled meanwhile does not.
    await rename(scratch, to);
  } catch (error) {
    throw inWords(error, to);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function refuseFilled(to: string): Promise<void> {
  const info = await lstat(to).catch(() => undefined);
  if (!info) {
    return;
  }
  if (!info.isDirectory()) {
    throw new DeepError('conflict', `${to} is no folder.`, {
      hint: 'Name a folder that does not exist yet.'
    });
  }
  if ((await readdir(to)).length > 0) {
    throw taken(to);
  }
}

const taken = (to: string): DeepError =>
  new DeepError('conflict', `Something lies in ${to} already.`, {
    hint: 'Name a folder that does not exist yet, or an empty one.'
  });

async function scratchBeside(to: string): Promise<string> {
  const parent = path.dirname(to);
  try {
    await mkdir(parent, { recursive: true });
    return await mkdtemp(path.join(parent, '.writing-'));
  } catch (error) {
    throw isNoSpace(error)
      ? inWords(error, to)
      : new DeepError('conflict', `Nothing can be written to ${parent}.`, {
          hint: 'Choose another folder.',
          technical: (error as Error).message,
          cause: error
        });
  }
}

function inWords(error: unknown, to: string): unknown {
  if (isNoSpace(error)) {
    return new DeepError('no-space', `There is no room for ${to}.`, {
      hint: 'Make room, or choose another folder.',
      cause: error
    });
  }
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOTEMPTY' || code === 'EEXIST' ? taken(to) : error;
}
