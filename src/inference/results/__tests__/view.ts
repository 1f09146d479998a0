import { Blob as NodeBlob } from 'node:buffer';
import { trans } from '../../../__tests__/connected';
import { readResult } from '../../result';
import type { IViewContext } from '../viewContext';

/** jsdom's blobs cannot be read, and it has no object URLs. */
export function giveBlobs(): void {
  globalThis.Blob = NodeBlob as typeof Blob;
  URL.createObjectURL = () => 'blob:test';
  URL.revokeObjectURL = () => undefined;
}

/** An answer as the page gives it to the views; without the file that was predicted. */
export async function viewOf(
  content: BlobPart | object,
  contentType = 'application/json',
  filename = 'answer.json'
): Promise<IViewContext> {
  const isBytes = typeof content === 'string' || ArrayBuffer.isView(content);
  const part = isBytes ? (content as BlobPart) : JSON.stringify(content);
  const blob = new Blob([part], { type: contentType });
  const result = await readResult(blob, contentType, filename);
  return { result, filename, input: null, trans, idPrefix: 'test', depth: 0 };
}
