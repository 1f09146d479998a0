/** What the uploads of all requests together keep in memory; what is beyond goes to disk. */
const BUDGET_BYTES = 64 * 1024 ** 2;
/** What one upload keeps in memory. */
export const UPLOAD_MEMORY_BYTES = 8 * 1024 ** 2;

let usedBytes = 0;

/** Takes a part of the budget, unless there is too little left. */
export function reserve(bytes: number): boolean {
  const fits =
    bytes <= UPLOAD_MEMORY_BYTES && usedBytes + bytes <= BUDGET_BYTES;
  if (fits) {
    usedBytes += bytes;
  }
  return fits;
}

export function release(bytes: number): void {
  usedBytes -= bytes;
}
