import { open } from 'node:fs/promises';
import path from 'node:path';
import type {
  CodeFailure,
  MetadataProblem,
  Problem
} from '@jupyterlab-deep/protocol';
import { parseJson } from '../../catalogue/metadata/parse';
import { findJsonLine } from '../../deployments/logFile';

/** Settings of a model have less; of more the line is not looked for. */
const MAX_BYTES = 16 * 1024 ** 2;

/** What is wrong with a file of a model folder, by what its server said before it ended. */
export async function faultInLog(
  folder: string,
  logFile: string
): Promise<CodeFailure | undefined> {
  const said = (await findJsonLine(logFile, 'place')) as Problem | undefined;
  if (!said?.place) {
    return undefined;
  }
  const { place, detail, technical } = said;
  try {
    const line = await lineOf(folder, place);
    return failure(detail, place.file, line, technical);
  } catch {
    // It was moved meanwhile: the save that did so starts it anew.
    return undefined;
  }
}

/** The same by what was read of the folder. */
export function faultInProblems(
  problems: readonly MetadataProblem[]
): CodeFailure | undefined {
  const file = 'module.json';
  const found = problems.find(
    ({ line, message }) => line !== undefined && message.startsWith(file)
  );
  return found && failure(found.message, file, found.line!);
}

const failure = (
  message: string,
  file: string,
  line: number,
  text = message
): CodeFailure => ({
  message,
  file,
  line,
  frames: [{ file, line }],
  text,
  at: new Date().toISOString()
});

async function lineOf(
  folder: string,
  { file, pointer = '' }: NonNullable<Problem['place']>
): Promise<number> {
  const parsed = parseJson(await readStart(path.join(folder, file)));
  if ('problem' in parsed) {
    return parsed.problem.line ?? 1;
  }
  const keys = pointer
    .split('/')
    .slice(1)
    .map(key => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  // Of what is missing the line is that of what it is missing from.
  const lines = keys.map((_, index) =>
    parsed.lineOf(keys.slice(0, keys.length - index))
  );
  return lines.find(line => line !== undefined) ?? 1;
}

async function readStart(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const { buffer, bytesRead } = await handle.read({
      buffer: Buffer.alloc(Math.min(size, MAX_BYTES))
    });
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
