import { open } from 'node:fs/promises';

/** What one reply may carry. */
const MAX_PIECE_BYTES = 1024 * 1024;
const TAIL_BYTES = 16 * 1024;
const TAIL_LINES = 20;

/** A piece of a log and where the next one begins. */
export interface ILogPiece {
  text: string;
  next: number;
}

/** Read a log from an offset on; a log that is not there yet is empty. */
export async function readLog(
  file: string,
  offset: number
): Promise<ILogPiece> {
  const bytes = await readBytes(file, offset, MAX_PIECE_BYTES);
  const whole = bytes.subarray(0, wholeCharacters(bytes));
  return { text: whole.toString('utf8'), next: offset + whole.length };
}

/** The last lines of a log. */
export async function tailOfLog(file: string): Promise<string[]> {
  const bytes = await readBytes(file, -TAIL_BYTES, TAIL_BYTES);
  return bytes.toString('utf8').trimEnd().split('\n').slice(-TAIL_LINES);
}

/** The first JSON line of a log that has the key: how a module's program speaks to the service. */
export async function findJsonLine(
  file: string,
  key: string
): Promise<Record<string, unknown> | undefined> {
  const { text } = await readLog(file, 0);
  return text
    .split('\n')
    .map(parseObject)
    .find(value => value && key in value);
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = line.startsWith('{') ? JSON.parse(line) : undefined;
    return (value as Record<string, unknown>) ?? undefined;
  } catch {
    // Modules may print anything, also what only begins like JSON.
    return undefined;
  }
}

/** @param offset A negative one counts from the end. */
async function readBytes(
  file: string,
  offset: number,
  maxBytes: number
): Promise<Buffer> {
  let handle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return Buffer.alloc(0);
    }
    throw error;
  }
  try {
    const { size } = await handle.stat();
    const start = offset < 0 ? Math.max(0, size + offset) : offset;
    const length = Math.max(0, Math.min(maxBytes, size - start));
    const { buffer, bytesRead } = await handle.read(
      Buffer.alloc(length),
      0,
      length,
      start
    );
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Length without a character that the end cuts in two. */
function wholeCharacters(bytes: Buffer): number {
  const isContinuation = (byte: number): boolean => (byte & 0xc0) === 0x80;
  let lead = bytes.length - 1;
  while (lead >= 0 && bytes.length - lead < 4 && isContinuation(bytes[lead])) {
    lead -= 1;
  }
  const byte = bytes[lead] ?? 0;
  const wanted = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
  return lead >= 0 && wanted > bytes.length - lead ? lead : bytes.length;
}

/** `ModuleNotFoundError: No module named 'torch'`, also behind what a logger puts before it. */
const EXCEPTION =
  /(?:^|[\s\]])((?:[\w.]+\.)?[A-Z]\w*(?:Error|Exception|Exit|Interrupt)\b: .+)$/;

/** What Python code raised last, by the lines of its log. */
export const exceptionIn = (lines: readonly string[]): string | undefined =>
  lines
    // Loggers colour what they write.
    .map(line => line.replace(/\u001b?\[\d*m/g, '').trimEnd())
    .map(line => EXCEPTION.exec(line)?.[1])
    .findLast(found => found !== undefined);
