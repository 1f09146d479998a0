import type { ModuleCard } from '@jupyterlab-deep/protocol';
import { InputDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ICatalogue } from '../catalogue/tokens';

/** The most that the service lists at once. */
const LIMIT = 10_000;

/** Whether a module can be tried with a picture. */
export function takesPictures({ input, dataTypes }: ModuleCard): boolean {
  return [input, ...dataTypes].some(word => /image|picture/i.test(word));
}

/**
 * The module that can be tried now and fits, by the user's choice where several do.
 *
 * @returns null when the user gives up.
 * @throws Error when none fits.
 */
export async function chooseModule(
  catalogue: ICatalogue,
  fits: (module: ModuleCard) => boolean,
  trans: TranslationBundle
): Promise<string | null> {
  const { modules } = await catalogue.list({
    capability: 'inference',
    fit: ['here', 'running'],
    limit: LIMIT
  });
  const choices = modules.filter(fits);
  if (choices.length === 0) {
    throw new Error(
      trans.__('No module that runs here or is connected can do this.')
    );
  }
  if (choices.length === 1) {
    return choices[0].id;
  }
  const { value } = await InputDialog.getItem({
    title: trans.__('Try with…'),
    label: trans.__('Module'),
    items: choices.map(({ title, id }) => `${title} (${id})`)
  });
  return (
    choices.find(({ title, id }) => value === `${title} (${id})`)?.id ?? null
  );
}
