import { DeepError } from '@jupyterlab-deep/protocol';
import { ISettings } from '../admin/config';
import { exceptionIn, tailOfLog } from '../deployments/logFile';
import type { IManner } from '../deployments/moduleLife';
import type { IExit } from '../deployments/moduleProcess';

/** What its launcher says when the weights are others. */
export const CHANGED = 'Its weights have changed: it starts anew';

const WORDS: Record<string, string> = {
  changed: CHANGED,
  idle: 'It ended by itself after a time without use'
};

/** How Python modules start and end. */
export const pythonManner = (
  limits: ISettings['limits'],
  clear: () => Promise<void>
): IManner => ({
  phase: 'Warming up',
  startSeconds: limits.pythonStartSeconds,
  explainStart: pythonFailure,
  ownEnd,
  clear
});

/** Why its process ended before it answered: what its code raised, where it says so. */
async function pythonFailure(
  title: string,
  { code, signal }: IExit,
  logFile: string
): Promise<DeepError> {
  const lines = await tailOfLog(logFile);
  const said = exceptionIn(lines);
  const ended = signal
    ? `was ended by ${signal}`
    : `ended with exit code ${code ?? 'unknown'}`;
  return new DeepError(
    'module-start-failed',
    said
      ? `${title} could not be started: its own code failed with ${said}`
      : `${title} could not be started: its process ${ended}.`,
    {
      hint:
        signal === 'SIGKILL' || code === 137
          ? 'The machine may be short of memory.'
          : 'Its log has the whole story; whoever wrote the module can mend it.',
      technical: lines.join('\n')
    }
  );
}

async function ownEnd(logFile: string): Promise<string | undefined> {
  for (const line of (await tailOfLog(logFile)).toReversed()) {
    const [, why] = /^\{"event": "ended", "why": "(\w+)"\}$/.exec(line) ?? [];
    if (why) {
      return WORDS[why];
    }
  }
  return undefined;
}
