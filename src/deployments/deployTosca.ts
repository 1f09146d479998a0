import { InputDialog, showErrorMessage } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { Target } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import { asRequestError } from '../service/errors';
import type { IDeployments } from './createDeployments';
import type { IToscaCommandOptions } from './toscaCommand';

/** Brings a TOSCA file of Jupyter to an Infrastructure Manager, and opens the dialog that asks for its inputs. */
export async function deployTosca(
  options: IToscaCommandOptions,
  path: string
): Promise<void> {
  const { load, trans } = options;
  try {
    await bring(options, await load(), path);
  } catch (reason) {
    const { detail, hint = '' } = asRequestError(reason, trans).problem;
    await showErrorMessage(
      trans.__('This file was not taken'),
      `${detail} ${hint}`.trim()
    );
  }
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
