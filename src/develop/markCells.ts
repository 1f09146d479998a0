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

/** Marks of cells are tags, as papermill and the property inspector know them. */
export function addMarkCommand({ app, notebooks, trans }: IMarkOptions): void {
  const model = () => notebooks?.activeCell?.model;
  const tagsOf = (): string[] => {
    const tags: unknown = model()?.getMetadata('tags');
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
        properties: { tag: { type: 'string', enum: [...TAGS] } }
      }
    },
    isToggled: ({ tag = 'predict' }) => tagsOf().includes(tag as string),
    isEnabled: () => model()?.type === 'code',
    execute: ({ tag = 'predict' }) => {
      const tags = tagsOf();
      const name = tag as string;
      const isMarked = tags.includes(name);
      model()?.setMetadata(
        'tags',
        isMarked ? tags.filter(each => each !== name) : [...tags, name]
      );
      app.commands.notifyCommandChanged(CommandIDs.markCell);
    }
  });
}
