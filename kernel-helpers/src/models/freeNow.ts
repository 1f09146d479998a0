/** Of ES2024: newer than the language level of these sources, older than the Node that runs them. */
interface ITransferable {
  transfer(newByteLength: number): ArrayBuffer;
}

/**
 * Gives a buffer's memory back at once. Left to the garbage collector, large buffers make it run so often that it costs more time
 * than the work between.
 */
export function freeNow({ buffer, byteLength }: Uint8Array): void {
  // Small buffers share their memory with others.
  if (byteLength === buffer.byteLength && buffer instanceof ArrayBuffer) {
    (buffer as ArrayBuffer & ITransferable).transfer(0);
  }
}
