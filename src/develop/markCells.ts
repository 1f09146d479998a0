import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ICellModel } from '@jupyterlab/cells';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { CommandIDs } from './commandIds';

export const TAGS = ['predict', 'train', 'parameters'] as const;
type Tag = (typeof TAGS)[number];

/** By what a menu offers a mark, and what stands on the cell that has it. */
export const labelsOf = (
  trans: TranslationBundle
): Record<Tag, { menu: string; mark: string }> => ({
  predict: { menu: trans.__('Mark as predict'), mark: trans.__('predict') },
  train: { menu: trans.__('Mark as train'), mark: trans.__('train') },
  parameters: {
    menu: trans.__('Mark as parameters'),
    mark: trans.__('parameters')
  }
});

/** Tags of a cell, as papermill and the property inspector know them. */
export function tagsOf(model: ICellModel | undefined): string[] {
  const tags: unknown = model?.getMetadata('tags');
  return Array.isArray(tags) ? tags.map(String) : [];
}

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

/** Marks of cells are tags. */
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
  const labels = labelsOf(trans);
  app.commands.addCommand(CommandIDs.markCell, {
    label: ({ tag = 'predict' }) => labels[tag as Tag].menu,
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
    isToggled: args => tagsOf(model(args)).includes(tagOf(args)),
    isEnabled: args => model(args)?.type === 'code',
    execute: args => {
      const tags = tagsOf(model(args));
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
