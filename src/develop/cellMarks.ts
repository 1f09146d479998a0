import type { Cell } from '@jupyterlab/cells';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { labelsOf, TAGS, tagsOf } from './markCells';

/** What a cell is marked as stands on it: tags alone are seen in the property inspector only. */
export function showMarks(
  notebooks: INotebookTracker,
  trans: TranslationBundle
): void {
  const known = new WeakSet<Cell>();
  const show = (cell: Cell): void => {
    const labels = labelsOf(trans);
    const tags = tagsOf(cell.model);
    const marks = TAGS.filter(tag => tags.includes(tag));
    cell.node.dataset.deepMark = marks.map(tag => labels[tag].mark).join(', ');
  };
  const watch = (cell: Cell): void => {
    if (!known.has(cell)) {
      known.add(cell);
      cell.model.metadataChanged.connect(() => show(cell));
      show(cell);
    }
  };
  const follow = ({ content }: NotebookPanel): void => {
    const watchAll = () => content.widgets.forEach(watch);
    const watchModel = () => {
      content.model?.cells.changed.connect(watchAll);
      watchAll();
    };
    content.modelChanged.connect(watchModel);
    watchModel();
  };
  notebooks.forEach(follow);
  notebooks.widgetAdded.connect((_, panel) => follow(panel));
}
