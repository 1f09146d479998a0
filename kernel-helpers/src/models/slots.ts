/** Memory for prepared inputs that both workers see: the preparation worker writes a slot, an inference worker reads it. */
export interface ISlotMemory {
  buffer: SharedArrayBuffer;
  /** Numbers in one slot. */
  length: number;
}

/** All slots together. */
const MAX_BYTES = 64 * 1024 ** 2;
const MAX_SLOTS = 16;

/** As many slots as are useful, at least two, so that one is prepared while the other is read. */
export function allocateSlots(length: number): ISlotMemory {
  const bytes = length * Float32Array.BYTES_PER_ELEMENT;
  const count = Math.max(2, Math.min(MAX_SLOTS, Math.floor(MAX_BYTES / bytes)));
  return { buffer: new SharedArrayBuffer(count * bytes), length };
}

export const slotCount = ({ buffer, length }: ISlotMemory): number =>
  buffer.byteLength / (length * Float32Array.BYTES_PER_ELEMENT);

/** `count` slots that lie one behind the other. */
export const slotView = (
  { buffer, length }: ISlotMemory,
  first: number,
  count = 1
): Float32Array =>
  new Float32Array(
    buffer,
    first * length * Float32Array.BYTES_PER_ELEMENT,
    count * length
  );

/** The inputs in these slots as one batch; copied only where the slots do not follow each other. */
export function gatherSlots(
  memory: ISlotMemory,
  slots: number[]
): Float32Array {
  if (slots.every((slot, index) => slot === slots[0] + index)) {
    return slotView(memory, slots[0], slots.length);
  }
  const batch = new Float32Array(slots.length * memory.length);
  slots.forEach((slot, index) =>
    batch.set(slotView(memory, slot), index * memory.length)
  );
  return batch;
}
