import { writeFileSync } from 'node:fs';
import type { IParts } from './parts.ts';
import { sum } from './tree.ts';

/** Bytes that are another's for each number, and the same each time. */
function bytesOf(number: number, sizeBytes: number): Buffer {
  const seed = Buffer.from(sum('sha512', Buffer.from(String(number))), 'hex');
  return Buffer.alloc(sizeBytes, seed);
}

/** Many files in a user's folder `many`, unless they are there. */
export function fill(
  { tree }: IParts,
  uid: string,
  { count, sizeBytes }: { count: number; sizeBytes: number }
): void {
  const root = tree.root('files', uid);
  const folder = tree.child(root.id, 'many') ?? tree.makeFolder(root, 'many');
  for (let number = tree.children(folder.id).length; number < count; number++) {
    const file = tree.temporaryFile();
    writeFileSync(file, bytesOf(number, sizeBytes));
    const name = `leaf-${String(number).padStart(5, '0')}.jpg`;
    tree.put(folder, name, { file, sizeBytes });
  }
}
