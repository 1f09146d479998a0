import path from 'node:path';
import { Run } from '@jupyterlab-deep/protocol';
import { writeAtomically } from '../store/atomicFile';
import { storeFailure } from '../store/diskErrors';
import { Store } from '../store/store';

/** Where a run's answer lies. */
export const resultFile = (store: Store, id: string): string =>
  path.join(store.folderOf('runs', id), 'result');

/** What a module answered. */
export interface IAnswer {
  contentType: string;
  filename?: string;
  content: string | Uint8Array;
}

/**
 * Keep a run's answer.
 *
 * @throws DeepError `no-space`
 */
export async function saveResult(
  store: Store,
  id: string,
  { contentType, filename, content }: IAnswer
): Promise<Run['result']> {
  await store.makeFolder('runs', id);
  try {
    await writeAtomically(resultFile(store, id), content);
  } catch (error) {
    throw storeFailure(error, store.folder);
  }
  return { contentType, filename, sizeBytes: Buffer.byteLength(content) };
}
