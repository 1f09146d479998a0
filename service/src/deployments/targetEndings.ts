import { DeepError } from '@jupyterlab-deep/protocol';

/** Whoever waited for it waits no longer. */
export const stopped = (title: string): DeepError =>
  new DeepError('module-unreachable', `${title} was stopped.`, {
    hint: 'Start it again in the Deployments panel.'
  });

/** An image that was started with a development environment instead. */
export const noApi = (title: string): DeepError =>
  new DeepError(
    'module-not-implemented',
    `${title} was started for working in it, without its API.`,
    { hint: 'Open its page, or deploy it with DEEPaaS.' }
  );

/** It is gone at its target, and nobody here ended it. */
export const vanished = (title: string, target: string): DeepError =>
  new DeepError(
    'module-failed',
    `${title} vanished: ${target} knows nothing of it any longer. Somebody removed it there, or what it ran on is gone.`,
    { hint: 'Deploy it again.' }
  );

/** It runs and is none the better for it. */
export function tooLate(
  title: string,
  target: string,
  seconds: number,
  lines: string[]
): DeepError {
  const last = lines.filter(line => line.trim()).at(-1);
  const said = last ? ` The last line of its log is: ${last}` : '';
  return new DeepError(
    'module-start-failed',
    `${title} runs at ${target} but did not answer within ${seconds} s; it was stopped.${said}`,
    {
      hint: 'Its log may say why. The administrator can allow more (`targets.startSeconds`).',
      technical: lines.join('\n')
    }
  );
}
