import { setTimeout as sleep } from 'node:timers/promises';
import { DeepError } from '@jupyterlab-deep/protocol';
import { askControl, getJson } from './control';
import { IAttempt, transportFailure } from './failures';
import { answeredFailure, IAnswer } from './refusals';
import { parseJson } from './json';
import type { IWire } from './network';
import type { ITraining } from './types';

/** A cancelled training may be listed a little longer. */
const CANCEL_MS = 10_000;
const CANCEL_POLL_MS = 250;

/** The trainings that a module knows; it forgets them when it restarts. */
export async function listTrainings(
  wire: IWire,
  trainPath: string,
  attempt: IAttempt
): Promise<ITraining[]> {
  const found = await getJson(wire, trainPath, attempt);
  // DEEPaaS sends a bare array; its own document says otherwise.
  const { trainings } = (found ?? {}) as { trainings?: unknown };
  const list = Array.isArray(found) ? found : trainings;
  if (!Array.isArray(list)) {
    throw notTraining(attempt, found);
  }
  return list.map(each => trainingOf(each, attempt));
}

/** @throws DeepError `not-found` for one that the module does not know (any more). */
export async function getTraining(
  wire: IWire,
  trainPath: string,
  id: string,
  attempt: IAttempt
): Promise<ITraining> {
  const answer = await askControl(
    wire,
    'GET',
    trainPath + encodeURIComponent(id),
    attempt
  );
  if (answer.status !== 200) {
    throw trainingFailure(answer, id, attempt);
  }
  return readTraining(answer, attempt);
}

/**
 * Cancel a training, or forget one that is over. DEEPaaS answers the cancelling of a running one with 500 and that of a waiting
 * one with nothing, and does it all the same: so only its absence afterwards counts.
 *
 * @returns what the module last said of it, where it said something.
 * @throws DeepError `not-found`, `module-failed` when it is still there.
 */
export async function cancelTraining(
  wire: IWire,
  trainPath: string,
  id: string,
  attempt: IAttempt
): Promise<ITraining | undefined> {
  const path = trainPath + encodeURIComponent(id);
  const answer = await askControl(wire, 'DELETE', path, attempt).catch(orCut);
  if (answer && answer.status !== 200 && answer.status !== 500) {
    throw trainingFailure(answer, id, attempt);
  }
  await awaitAbsence(wire, path, attempt);
  return answer?.status === 200 ? readTraining(answer, attempt) : undefined;
}

/** A connection that was cut may mean that it is done. */
function orCut(error: unknown): undefined {
  if (error instanceof DeepError && error.key === 'module-unreachable') {
    return undefined;
  }
  throw error;
}

async function awaitAbsence(
  wire: IWire,
  path: string,
  attempt: IAttempt
): Promise<void> {
  const end = performance.now() + CANCEL_MS;
  for (;;) {
    const isLast = performance.now() > end;
    const answer = await askControl(wire, 'GET', path, attempt).catch(error => {
      if (isLast) {
        throw error;
      }
      return orCut(error);
    });
    if (answer?.status === 404) {
      return;
    }
    if (isLast) {
      throw new DeepError(
        'module-failed',
        `${attempt.name} was asked to cancel the training, and still has it.`,
        { hint: 'Ask again, or restart the module.' }
      );
    }
    await pause(attempt);
  }
}

const pause = (attempt: IAttempt): Promise<void> =>
  sleep(CANCEL_POLL_MS, undefined, { signal: attempt.signal }).catch(error => {
    throw transportFailure(error, attempt);
  });

/** A training out of an answer. */
export function readTraining(
  { body }: Pick<IAnswer, 'body'>,
  attempt: IAttempt
): ITraining {
  const text = body.toString('utf8');
  try {
    return trainingOf(parseJson(text), attempt);
  } catch (error) {
    throw error instanceof DeepError ? error : notTraining(attempt, text);
  }
}

function trainingOf(found: unknown, attempt: IAttempt): ITraining {
  const { uuid, status, date, args, result, message } = (found ?? {}) as Record<
    string,
    unknown
  >;
  if (typeof uuid !== 'string' || typeof status !== 'string') {
    throw notTraining(attempt, found);
  }
  const { output, finish_date, duration } = (result ?? {}) as Record<
    string,
    unknown
  >;
  return {
    id: uuid,
    status,
    // The documents of DEEPaaS say `completed`, its server `done`.
    isDone: status === 'done' || status === 'completed',
    hasFailed: status === 'error',
    startedAt: String(date ?? ''),
    arguments: (args ?? {}) as Record<string, unknown>,
    ...(output === undefined ? {} : { output }),
    ...texts({ finishedAt: finish_date, duration, message })
  };
}

const texts = <T extends string>(
  given: Record<T, unknown>
): Partial<Record<T, string>> =>
  Object.fromEntries(
    Object.entries(given).filter(([, value]) => typeof value === 'string')
  ) as Partial<Record<T, string>>;

const notTraining = ({ action, name }: IAttempt, found: unknown): DeepError =>
  new DeepError(
    'module-failed',
    `${name} answered ${action} with something that is no training.`,
    {
      hint: 'Check that the address is one of DEEPaaS v2.',
      technical: String(
        typeof found === 'string' ? found : JSON.stringify(found)
      ).slice(0, 1000)
    }
  );

function trainingFailure(
  answer: IAnswer,
  id: string,
  attempt: IAttempt
): DeepError {
  return answer.status === 404
    ? new DeepError('not-found', `${attempt.name} knows no training ${id}.`, {
        hint: 'Modules forget their trainings when they restart.',
        technical: answer.body.toString('utf8').slice(0, 1000)
      })
    : answeredFailure(answer, attempt);
}
