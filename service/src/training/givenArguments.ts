import { checkArguments } from '@jupyterlab-deep/kernel-helpers/deepaas';
import { DeepError, Module, TrainingState } from '@jupyterlab-deep/protocol';
import { IReadyModule } from '../deployments/life';
import { withoutSecrets } from '../inference/secrets';

/** As the module gets them: with the places of the data. */
export const withPaths = (
  given: Record<string, unknown>,
  data: TrainingState['data']
): Record<string, unknown> => ({
  ...given,
  ...Object.fromEntries(data.map(({ argument, path: at }) => [argument, at]))
});

/** Without passwords; where the data lie is none. */
export const shownArguments = (
  given: Record<string, unknown>,
  data: TrainingState['data'],
  ready: IReadyModule | undefined
): Record<string, unknown> =>
  withPaths(withoutSecrets(given, ready?.about.train ?? undefined), data);

/** @throws DeepError `module-not-implemented`, `invalid-arguments` */
export async function checkTrain(
  { about }: IReadyModule,
  { title }: Module,
  given: Record<string, unknown>
): Promise<void> {
  const { train } = about;
  const takesNothing =
    !train || Object.keys(train.properties ?? {}).length === 0;
  if (takesNothing) {
    throw new DeepError(
      'module-not-implemented',
      `${title} cannot be trained: its API has no arguments for it.`,
      { hint: 'Choose a module that the catalogue shows as trainable.' }
    );
  }
  await checkArguments(train, given, []);
}
