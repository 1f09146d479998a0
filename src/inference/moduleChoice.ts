import type { Module } from '@jupyterlab-deep/protocol';
import { InputDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ICatalogue } from '../catalogue/tokens';

/** Whether a module can be tried at all. */
export function isTryable(module: Module): boolean {
  return !module.broken && module.capabilities.includes('inference');
}

/** Whether it can be tried with a picture. */
export function takesPictures(module: Module): boolean {
  const words = [module.input, ...module.dataTypes];
  return isTryable(module) && words.some(word => /image|picture/i.test(word));
}

/**
 * The module that fits, by the user's choice where several do.
 *
 * @returns null when the user gives up.
 * @throws Error when none fits.
 */
export async function chooseModule(
  catalogue: ICatalogue,
  fits: (module: Module) => boolean,
  trans: TranslationBundle
): Promise<string | null> {
  const { modules } = await catalogue.list();
  const choices = modules.filter(fits);
  if (choices.length === 0) {
    throw new Error(trans.__('No module of the catalogue can do this.'));
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
