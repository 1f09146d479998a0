import { constants } from 'node:fs';
import { FileHandle, open } from 'node:fs/promises';

/** What lies behind `sizeBytes` was written by a service that did not live to note it. */
export async function openAt(
  file: string,
  sizeBytes: number
): Promise<FileHandle> {
  const handle = await open(file, constants.O_RDWR | constants.O_CREAT, 0o644);
  await handle.truncate(sizeBytes);
  return handle;
}

/** Write all of a text at a place. @returns the size of the file then. */
export async function put(
  handle: FileHandle,
  text: string,
  at: number
): Promise<number> {
  const bytes = Buffer.from(text);
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await handle.write(
      bytes,
      done,
      bytes.length - done,
      at + done
    );
    done += bytesWritten;
  }
  return at + done;
}
