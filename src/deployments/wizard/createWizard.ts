import { FileDialog } from '@jupyterlab/filebrowser';
import { UUID } from '@lumino/coreutils';
import { createContext, ICreatePageOptions } from '../../inference/createPage';
import { WizardClient } from './client';
import { WizardModel } from './model';
import { WizardPanel } from './panel';

export type ICreateWizardOptions = Omit<
  ICreatePageOptions,
  'module' | 'remembered'
>;

/** The wizard with its model. The panel disposes of the model. */
export function createWizard(
  options: ICreateWizardOptions,
  close: () => void
): WizardPanel {
  const { service, commands, currentFolder, catalogue, trans } = options;
  const model = new WizardModel({
    client: new WizardClient(service),
    trans,
    makePage: module =>
      createContext({
        ...options,
        module,
        catalogue: unremembering(catalogue)
      })
  });
  return new WizardPanel({
    model,
    commands,
    trans,
    idPrefix: `jp-deep-wizard-${UUID.uuid4()}`,
    chooseFile: options.documents && (() => chooseFile(options)),
    currentFolder,
    close
  });
}

/** A draft is no module that anybody used. */
const unremembering = (
  catalogue: ICreateWizardOptions['catalogue']
): ICreateWizardOptions['catalogue'] => ({
  list: (query, signal) => catalogue.list(query, signal),
  get: id => catalogue.get(id),
  favourites: catalogue.favourites,
  used: () => undefined
});

async function chooseFile(
  options: ICreateWizardOptions
): Promise<string | null> {
  const { documents, translator, contents, trans, currentFolder } = options;
  const { value } = await FileDialog.getOpenFiles({
    manager: documents!,
    title: trans.__('Choose a file'),
    defaultPath: contents.localPath(currentFolder()),
    translator: translator ?? undefined
  });
  const path = value?.[0]?.path;
  return path === undefined ? null : contents.localPath(path);
}
