import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { CommandIDs } from './commandIds';

const TAGS = ['predict', 'train', 'parameters'] as const;
type Tag = (typeof TAGS)[number];

interface IMarkOptions {
  app: JupyterFrontEnd;
  notebooks: INotebookTracker | null;
  trans: TranslationBundle;
}

/** Arguments of the command, as menus and palettes give them. */
interface IMarkArguments {
  tag?: unknown;
  ofMenu?: unknown;
}

const tagOf = ({ tag = 'predict' }: IMarkArguments): string => String(tag);

/** Marks of cells are tags, as papermill and the property inspector know them. */
export function addMarkCommand({ app, notebooks, trans }: IMarkOptions): void {
  const model = (args: IMarkArguments) => cellOf(args)?.model;
  const cellOf = ({ ofMenu }: IMarkArguments) => {
    const isCell = (node: HTMLElement) =>
      node.classList.contains('jp-CodeCell');
    const node = ofMenu ? app.contextMenuHitTest(isCell) : undefined;
    const cells = notebooks?.currentWidget?.content.widgets ?? [];
    return (
      (node && cells.find(each => each.node === node)) ?? notebooks?.activeCell
    );
  };
  const tagsOf = (args: IMarkArguments): string[] => {
    const tags: unknown = model(args)?.getMetadata('tags');
    return Array.isArray(tags) ? tags.map(String) : [];
  };
  const labels: Record<Tag, string> = {
    predict: trans.__('Mark as predict'),
    train: trans.__('Mark as train'),
    parameters: trans.__('Mark as parameters')
  };
  app.commands.addCommand(CommandIDs.markCell, {
    label: ({ tag = 'predict' }) => labels[tag as Tag],
    caption: trans.__('For a module that is made of this notebook'),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          tag: { type: 'string', enum: [...TAGS] },
          ofMenu: {
            type: 'boolean',
            description: 'Take the cell whose menu was opened.'
          }
        }
      }
    },
    isToggled: args => tagsOf(args).includes(tagOf(args)),
    isEnabled: args => model(args)?.type === 'code',
    execute: args => {
      const tags = tagsOf(args);
      const name = tagOf(args);
      const isMarked = tags.includes(name);
      model(args)?.setMetadata(
        'tags',
        isMarked ? tags.filter(each => each !== name) : [...tags, name]
      );
      app.commands.notifyCommandChanged(CommandIDs.markCell);
    }
  });
}
