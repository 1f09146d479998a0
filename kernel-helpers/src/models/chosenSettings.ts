import {
  DeepError,
  type ModelInspection,
  type ModelRequest,
  type ModelSettings
} from '@jupyterlab-deep/protocol';
import { namedPreparation } from './pictureSettings';

/**
 * What was said of a network, and for all else what its file proposes.
 * @throws DeepError the problem of the file, when it has one.
 */
export function settingsOf(
  { proposal, problem }: ModelInspection,
  { settings = {}, preset }: Pick<ModelRequest, 'settings' | 'preset'>
): ModelSettings {
  if (problem) {
    throw DeepError.fromProblem(problem);
  }
  const task = settings.task ?? proposal!.task;
  const { labels, network, preparation, columns } = {
    ...proposal!,
    ...settings,
    network: { ...proposal!.network, ...settings.network }
  };
  const isNumber = task === 'tabular-regression';
  const { gives, ...tensors } = network;
  const isGrey = preparation?.channels === 'grey';
  const prepared =
    preset && preparation
      ? namedPreparation(
          preset,
          { width: preparation.width, height: preparation.height },
          isGrey
        )
      : preparation;
  return {
    task,
    network: isNumber || gives === undefined ? tensors : network,
    // What belongs to another task is only left away where nobody said it.
    ...(labels && (!isNumber || settings.labels) && { labels }),
    ...(columns && { columns }),
    ...(prepared && { preparation: prepared })
  };
}
