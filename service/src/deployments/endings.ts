import { DeepError, Problem } from '@jupyterlab-deep/protocol';
import { exceptionIn, findJsonLine, tailOfLog } from './logFile';
import { IExit } from './moduleProcess';

/** Why a module could not be started, in words. */
export async function startFailure(
  title: string,
  exit: IExit,
  logFile: string
): Promise<DeepError> {
  const said = await findJsonLine(logFile, 'type');
  if (said) {
    return DeepError.fromProblem(said as Partial<Problem>);
  }
  return new DeepError(
    'module-start-failed',
    `${title} could not be started: its process ${ending(exit)}.`,
    { hint: hintFor(exit), technical: await tailText(logFile) }
  );
}

/** Why a module that was running is gone, in words. */
export async function endFailure(
  title: string,
  exit: IExit,
  logFile: string
): Promise<DeepError> {
  return new DeepError(
    'module-failed',
    `${title} ended by itself: its process ${ending(exit)}.`,
    {
      hint: `${hintFor(exit)} Its next use starts it again.`,
      technical: await tailText(logFile)
    }
  );
}

/** A module that did not answer in time. */
export async function startTimeout(
  title: string,
  seconds: number,
  logFile: string
): Promise<DeepError> {
  const lines = await tailOfLog(logFile);
  const said = exceptionIn(lines);
  const why = said ? ` Its log says: ${said}` : '';
  return new DeepError(
    'module-start-failed',
    `${title} was started but did not answer within ${seconds} s; it was stopped.${why}`,
    {
      hint: 'Try again when the machine is less busy; the administrator can allow more (`limits.startSeconds`, for Python modules `limits.pythonStartSeconds`).',
      technical: lines.join('\n')
    }
  );
}

const tailText = async (logFile: string): Promise<string> =>
  (await tailOfLog(logFile)).join('\n');

function ending({ code, signal }: IExit): string {
  if (signal) {
    return `was ended by ${signal}`;
  }
  return code === undefined ? 'is gone' : `ended with exit code ${code}`;
}

const hintFor = ({ signal }: IExit): string =>
  signal === 'SIGKILL'
    ? 'The machine may be short of memory.'
    : 'Its log says more.';
