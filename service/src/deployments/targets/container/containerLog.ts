import { once } from 'node:events';
import { Readable } from 'node:stream';
import type Docker from 'dockerode';

/** What one look brings at most; of more, the last. */
const MAX_RECORDS = 10_000;
/** `2026-01-02T03:04:05Z text`; some engines tell no fractions. */
const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d) ?/;

/** What was written at once, and in which second. */
interface IRecord {
  second: number;
  text: string;
}

/**
 * A container's log from where the former look ended. Engines select by time in seconds, so the records of the last second are counted.
 *
 * @param after `<second>:<records of it that were read>`
 */
export async function readContainerLog(
  docker: Docker,
  name: string,
  after: string | undefined,
  abortSignal: AbortSignal
): Promise<{ text: string; next: string }> {
  const [since = 0, seen = 0] = (after ?? '0:0').split(':').map(Number);
  const bytes = (await docker.getContainer(name).logs({
    follow: false,
    stdout: true,
    stderr: true,
    timestamps: true,
    tail: MAX_RECORDS,
    // One second more: some engines leave out what is of the very second.
    since: Math.max(0, since - 1),
    abortSignal
  })) as Buffer;
  const all = await recordsOf(docker, bytes);
  const isCut = all.length >= MAX_RECORDS;
  const records = all.filter(({ second }) => second >= since);
  const news = isCut ? records : records.slice(seen);
  const last = records.at(-1)?.second ?? since;
  const count = records.filter(({ second }) => second === last).length;
  const text = news.map(record => record.text).join('');
  return {
    text: isCut && after ? `… some lines were left out\n${text}` : text,
    next: `${last}:${count}`
  };
}

/** Both outputs come in one stream, in frames. */
async function recordsOf(docker: Docker, bytes: unknown): Promise<IRecord[]> {
  if (!Buffer.isBuffer(bytes) || bytes.length === 0) {
    return [];
  }
  const frames: string[] = [];
  const write = (frame: Buffer): number => frames.push(frame.toString('utf8'));
  const stream = Readable.from([bytes]);
  const output = { write } as unknown as NodeJS.WritableStream;
  docker.modem.demuxStream(stream, output, output);
  await once(stream, 'end');
  return frames.map(recordOf);
}

function recordOf(frame: string): IRecord {
  const [prefix = '', time, zone] = TIME.exec(frame) ?? [];
  const second = time === undefined ? 0 : Date.parse(time + zone) / 1000;
  return { second, text: frame.slice(prefix.length) };
}
