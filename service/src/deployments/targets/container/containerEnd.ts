import { Problem } from '@jupyterlab-deep/protocol';
import { gigabytes } from '../../../machine/sizes';

const KILLED = 137;
const ASKED_TO_END = 143;
const LAST_LINES = 5;

/** How the engine says that it ended. */
export interface IExitState {
  exitCode: number;
  isOutOfMemory: boolean;
  /** What the engine itself says. */
  error: string;
  limitBytes: number;
}

/** Somebody has told it to end. */
export const wasStopped = ({ exitCode }: IExitState): boolean =>
  exitCode === ASKED_TO_END;

/** Why a container ended, in words; undefined when it ended as it should. */
export function endReason(state: IExitState, log: string): string | undefined {
  const { exitCode, isOutOfMemory, error, limitBytes } = state;
  if (exitCode === 0 && !error && !isOutOfMemory) {
    return undefined;
  }
  const limit = limitBytes > 0 ? ` (limit ${gigabytes(limitBytes)})` : '';
  const how =
    exitCode === KILLED || isOutOfMemory
      ? `It was killed (exit code ${exitCode}): ${isOutOfMemory ? '' : 'probably '}out of memory${limit}.`
      : `It ended with exit code ${exitCode}${error ? `: ${error}` : ''}.`;
  return [how, lastWords(log)].filter(Boolean).join(' ');
}

/** What it said last: the problem that our program names, else the last lines. */
function lastWords(log: string): string {
  const lines = log.split('\n').filter(line => line.trim());
  const problem = lines.map(problemIn).findLast(Boolean);
  if (problem) {
    return [problem.detail, problem.hint].filter(Boolean).join(' ');
  }
  const last = lines.slice(-LAST_LINES).map(line => line.trim());
  return last.length > 0 ? `Its log ends with: ${last.join(' ⏎ ')}` : '';
}

function problemIn(line: string): Partial<Problem> | undefined {
  try {
    const value = JSON.parse(line) as Partial<Problem>;
    return value?.type?.startsWith('urn:jupyterlab-deep:') ? value : undefined;
  } catch {
    return undefined;
  }
}
