import type { KernelEnvironment } from '@jupyterlab-deep/protocol';
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { EnvironmentsModel } from './model';

interface IEnvironmentActionsOptions {
  model: EnvironmentsModel;
  commands: CommandRegistry;
  currentFolder: () => string;
  trans: TranslationBundle;
}

/** What people do with an environment; it asks first where something would be lost. */
export class EnvironmentActions {
  constructor(private readonly _options: IEnvironmentActionsOptions) {}

  async create({ name, title, made }: KernelEnvironment): Promise<void> {
    const { model, trans } = this._options;
    const loses = made !== undefined && made.added > 0;
    const mayGoOn =
      !loses ||
      (await this._ask(
        trans.__('Make %1 anew?', title),
        trans.__('What was installed in it since is lost.'),
        trans.__('Make it anew')
      ));
    if (mayGoOn) {
      await model.create(name);
    }
  }

  async remove({ name, title, made }: KernelEnvironment): Promise<void> {
    const { model, trans } = this._options;
    const lost =
      made && made.added > 0
        ? trans.__('What was installed in it since is lost.')
        : trans.__('Notebooks stay; they need another kernel then.');
    const mayGoOn = await this._ask(
      trans.__('Remove %1?', title),
      lost,
      trans.__('Remove')
    );
    if (mayGoOn) {
      await model.remove(name);
    }
  }

  async openNotebook(kernelName: string): Promise<void> {
    const { commands, currentFolder } = this._options;
    await commands.execute('notebook:create-new', {
      kernelName,
      cwd: currentFolder()
    });
  }

  private async _ask(
    title: string,
    body: string,
    label: string
  ): Promise<boolean> {
    const { trans } = this._options;
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
}
