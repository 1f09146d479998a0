import type { Deployment, Run } from '@jupyterlab-deep/protocol';
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { isLive } from '../inference/presentDeployment';

/** More are counted. */
const MOST_NAMED = 5;

/** Only where runs would suffer. */
export async function mayStop(
  { title }: Deployment,
  runs: readonly Run[],
  trans: TranslationBundle
): Promise<boolean> {
  if (runs.length === 0) {
    return true;
  }
  return ask(
    trans.__('Stop %1?', title),
    `${trans._n(
      '%2 run uses it: %3.',
      '%2 runs use it: %3.',
      runs.length,
      runs.length.toLocaleString(),
      namesOf(runs)
    )} ${lossOf(runs, trans)}`,
    trans.__('Stop'),
    trans
  );
}

/** Only where something would be lost: what runs, and what lies at the target. */
export async function mayRemove(
  deployment: Deployment,
  trans: TranslationBundle
): Promise<boolean> {
  const { title, target } = deployment;
  const loses = isLive(deployment)
    ? trans.__('It runs: it is stopped first.')
    : '';
  if (target === 'process' || target === 'address') {
    return (
      loses === '' ||
      ask(trans.__('Remove %1?', title), loses, trans.__('Remove'), trans)
    );
  }
  return ask(
    trans.__('Remove %1?', title),
    [
      loses,
      trans.__(
        'Whatever it has there is deleted, its files too. The module stays in the catalogue.'
      )
    ]
      .filter(Boolean)
      .join(' '),
    trans.__('Remove'),
    trans
  );
}

export const mayRemoveTarget = (
  title: string,
  trans: TranslationBundle
): Promise<boolean> =>
  ask(
    trans.__('Remove the place %1?', title),
    trans.__('It is forgotten here; what is there stays as it is.'),
    trans.__('Remove'),
    trans
  );

/** A batch starts the module again; what else runs ends. */
function lossOf(runs: readonly Run[], trans: TranslationBundle): string {
  return runs.every(({ kind }) => kind === 'batch')
    ? trans.__('It goes on by starting the module again, unless you cancel it.')
    : trans.__('What they have not finished is lost.');
}

function namesOf(runs: readonly Run[]): string {
  const names = runs.slice(0, MOST_NAMED).map(({ title }) => title);
  return runs.length > MOST_NAMED ? `${names.join(', ')}, …` : names.join(', ');
}

async function ask(
  title: string,
  body: string,
  label: string,
  trans: TranslationBundle
): Promise<boolean> {
  const { button } = await showDialog({
    title,
    body,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.warnButton({ label })
    ]
  });
  return button.accept;
}
