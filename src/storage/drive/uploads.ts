import type { Run, StorageEntry } from '@jupyterlab-deep/protocol';
import { PathExt } from '@jupyterlab/coreutils';
import { FilesClient, IGuard, MOST_BYTES } from '../filesClient';

const ASK_EVERY_MS = 1000;
const ENDED = ['succeeded', 'failed', 'cancelled', 'interrupted'];

/**
 * Write a file of any size: in one request, or in pieces, each acknowledged.
 *
 * @param onProgress - from 0 to 1.
 */
export async function writeFile(
  client: FilesClient,
  path: string,
  bytes: Blob,
  guard: IGuard,
  onProgress: (part: number) => void = () => undefined
): Promise<StorageEntry> {
  if (bytes.size <= MOST_BYTES) {
    return client.write(path, bytes, guard);
  }
  let upload = await client.createUpload(PathExt.basename(path), bytes.size);
  while (upload.receivedBytes < bytes.size) {
    const from = upload.receivedBytes;
    const piece = bytes.slice(from, from + MOST_BYTES);
    upload = await client.sendPiece(upload.id, from, piece);
    onProgress(upload.receivedBytes / bytes.size / 2);
  }
  const reply = await client.save(path, upload.id, guard);
  return isRun(reply) ? follow(client, path, reply, onProgress) : reply;
}

const isRun = (reply: StorageEntry | Run): reply is Run => 'state' in reply;

/** The service carries the second half of the way. */
async function follow(
  client: FilesClient,
  path: string,
  run: Run,
  onProgress: (part: number) => void
): Promise<StorageEntry> {
  let now = run;
  while (!ENDED.includes(now.state)) {
    await new Promise(resolve => setTimeout(resolve, ASK_EVERY_MS));
    now = await client.run(run.id);
    const { doneBytes = 0, totalBytes } = now.transfer ?? {};
    onProgress(0.5 + (totalBytes ? doneBytes / totalBytes / 2 : 0));
  }
  if (now.state !== 'succeeded') {
    throw new Error(now.error?.detail ?? now.phase);
  }
  return client.entry(path);
}
