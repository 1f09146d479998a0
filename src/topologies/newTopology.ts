import type { JupyterFrontEnd } from '@jupyterlab/application';
import { PathExt } from '@jupyterlab/coreutils';
import { writeTopology } from '@jupyterlab-deep/protocol/lib/topologies/write';
import type { TranslationBundle } from '@jupyterlab/translation';
import '../../style/topologies.css';
import { pick } from './pick';
import { FACTORY } from './tab';
import { ITemplate, templatesOf } from './templates';

interface INewTopologyOptions {
  app: JupyterFrontEnd;
  folder: string;

  /** The id of one; else it is asked for. */
  template?: string;
  trans: TranslationBundle;
}

/** Make a file of a template, beside what is there, and open it. */
export async function newTopology(options: INewTopologyOptions): Promise<void> {
  const { app, folder, trans } = options;
  const templates = templatesOf(trans);
  const template =
    templates.find(({ id }) => id === options.template) ??
    (await askForTemplate(templates, trans));
  if (!template) {
    return;
  }
  const { contents } = app.serviceManager;
  const { path } = await contents.newUntitled({
    path: folder,
    type: 'file',
    ext: '.topology'
  });
  await contents.save(path, {
    type: 'file',
    format: 'text',
    name: PathExt.basename(path),
    content: writeTopology(template.make())
  });
  await app.commands.execute('docmanager:open', { path, factory: FACTORY });
}

const askForTemplate = (
  templates: readonly ITemplate[],
  trans: TranslationBundle
): Promise<ITemplate | null> =>
  pick({
    title: trans.__('New topology'),
    label: trans.__('Begin with'),
    choices: templates.map(template => ({
      value: template,
      label: template.label,
      about: template.about
    })),
    empty: '',
    trans
  });
