import { randomBytes } from 'node:crypto';
import { open, rename, unlink } from 'node:fs/promises';
import path from 'node:path';

/** Write a file so that readers see the old content or the new, never a part, even after a power cut. */
export async function writeAtomically(
  file: string,
  content: string | Uint8Array
): Promise<void> {
  const temporary = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await writeAndSync(temporary, content);
    await rename(temporary, file);
  } catch (error) {
    await removeFile(temporary);
    throw error;
  }
  await syncFolder(path.dirname(file));
}

async function writeAndSync(
  file: string,
  content: string | Uint8Array
): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Remove a file that need not exist. */
export async function removeFile(file: string): Promise<void> {
  try {
    await unlink(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw error;
    }
  }
}
