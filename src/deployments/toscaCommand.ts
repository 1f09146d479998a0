import type { JupyterFrontEnd } from '@jupyterlab/application';
import { InputDialog, showErrorMessage } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { Target } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import { asRequestError } from '../service/errors';
import { deploymentIcon } from '../shared/icons';
import { CommandIDs } from './commandIds';
import type { IDeployments } from './createDeployments';

interface IToscaCommandOptions {
  app: JupyterFrontEnd;
  browsers: IFileBrowserFactory | null;
  load: () => Promise<IDeployments>;
  trans: TranslationBundle;
}

/** Of the menu of files: bring a TOSCA file to an Infrastructure Manager, then ask for what it asks for. */
export function addToscaCommand(options: IToscaCommandOptions): void {
  const { app, browsers, load, trans } = options;
  const selected = (): string | undefined => {
    const items = [...(browsers?.tracker.currentWidget?.selectedItems() ?? [])];
    return items.length === 1 && /\.ya?ml$/i.test(items[0].path)
      ? items[0].path
      : undefined;
  };
  app.commands.addCommand(CommandIDs.deployTosca, {
    label: trans.__('Deploy with Infrastructure Manager…'),
    caption: trans.__('Take this TOSCA file as a template of deployments'),
    icon: deploymentIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          path: { type: 'string', description: 'A TOSCA file of Jupyter.' }
        }
      }
    },
    isVisible: args => args.path !== undefined || selected() !== undefined,
    execute: async args => {
      const path = (args.path as string | undefined) ?? selected();
      if (path !== undefined) {
        await orTell(options, async () => bring(options, await load(), path));
      }
    }
  });
}

async function bring(
  { app, trans }: IToscaCommandOptions,
  { actions, client }: IDeployments,
  path: string
): Promise<void> {
  const all = await client.targets();
  const target = await chooseOf(
    all.filter(({ takesTemplates }) => takesTemplates),
    trans
  );
  if (target === undefined) {
    return;
  }
  const { content } = await app.serviceManager.contents.get(path, {
    type: 'file',
    format: 'text',
    content: true
  });
  const name = PathExt.basename(path);
  const { id } = await client.bringTemplate(target.id, name, String(content));
  await actions.deploy({ target: target.id, options: { template: id } });
}

/** Undefined where there is none, or its user gave up. */
async function chooseOf(
  targets: Target[],
  trans: TranslationBundle
): Promise<Target | undefined> {
  if (targets.length === 0) {
    await showErrorMessage(
      trans.__('No Infrastructure Manager'),
      trans.__(
        'No place for deployments is an Infrastructure Manager. Add one in the Deployments panel: “Add a place…”.'
      )
    );
    return undefined;
  }
  if (targets.length === 1) {
    return targets[0];
  }
  const { value } = await InputDialog.getItem({
    title: trans.__('Which Infrastructure Manager?'),
    items: targets.map(({ title }) => title),
    okLabel: trans.__('Go on')
  });
  return targets.find(({ title }) => title === value);
}

async function orTell(
  { trans }: IToscaCommandOptions,
  work: () => Promise<void>
): Promise<void> {
  try {
    await work();
  } catch (reason) {
    const { detail, hint = '' } = asRequestError(reason, trans).problem;
    await showErrorMessage(
      trans.__('This file was not taken'),
      `${detail} ${hint}`.trim()
    );
  }
}
