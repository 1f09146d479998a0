import { Clipboard, Notification } from '@jupyterlab/apputils';
import type { CellForm } from '@jupyterlab-deep/protocol';
import { cellCode } from '@jupyterlab-deep/protocol/lib/cellCode';
import { PathExt } from '@jupyterlab/coreutils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { PartialJSONObject } from '@lumino/coreutils';
import type { ICellCommandsOptions } from './cellCommands';
import { cellFormOf, isCellForm, Language, readCell } from './cellForm';
import { formOfActive, METADATA } from './cellMetadata';
import { CommandIDs } from './commandIds';
import { languageOf } from './notebookLanguage';
import { openTab } from './openTab';

/** What Lab's notebooks paste. */
const CELLS_MIME = 'application/vnd.jupyter.cells';

interface IMadeCell {
  form: CellForm;
  source: string;
}

function makeCell(
  { app, tracker, trans }: ICellCommandsOptions,
  id: string,
  language: Language,
  folder: string
): IMadeCell {
  const trial = tracker.find(({ moduleId }) => moduleId === id)?.page?.page
    .model.trial;
  if (!trial) {
    throw new Error(trans.__('The page of %1 is not open.', id));
  }
  const { contents } = app.serviceManager;
  const { form, leftOut } = cellFormOf(
    trial,
    language,
    contents.localPath(folder)
  );
  for (const name of Object.values(leftOut.unreachable ?? {})) {
    Notification.info(
      trans.__(
        '“%1” is not among Jupyter’s files, where a notebook could read it: upload it, and write its path into the cell.',
        name
      )
    );
  }
  return { form, source: cellCode(form, leftOut) };
}

const asNotebookCell = ({ form, source }: IMadeCell) => ({
  cell_type: 'code' as const,
  source,
  metadata: { [METADATA]: form as unknown as PartialJSONObject },
  outputs: [],
  execution_count: null
});

/** Pasted into a notebook it is a cell that knows its form; anywhere else its code. */
export function copyCell(
  options: ICellCommandsOptions,
  id: string,
  language?: Language
): void {
  const { notebooks, currentFolder, trans } = options;
  const panel = notebooks?.currentWidget ?? null;
  const cell = makeCell(
    options,
    id,
    language ?? (panel ? languageOf(panel) : 'typescript'),
    panel ? folderOf(panel) : currentFolder()
  );
  Clipboard.copyToSystem(cell.source);
  const clipboard = Clipboard.getInstance();
  clipboard.clear();
  clipboard.setData(CELLS_MIME, [asNotebookCell(cell)]);
  Notification.success(
    trans.__('Copied: paste it as a cell of a notebook, or as code.'),
    { autoClose: 3000 }
  );
}

/** Below the active cell; where no notebook is open, a new one. */
export async function insertCell(
  options: ICellCommandsOptions,
  id: string,
  language?: Language
): Promise<void> {
  const { app, notebooks, trans } = options;
  const panel = notebooks?.currentWidget;
  if (!panel) {
    await app.commands.execute(CommandIDs.openNotebook, {
      id,
      language: language ?? 'typescript'
    });
    return;
  }
  await panel.context.ready;
  const { model } = panel.content;
  if (!model || model.readOnly) {
    throw new Error(trans.__('“%1” cannot be changed.', panel.title.label));
  }
  const cell = makeCell(options, id, languageOf(panel), folderOf(panel));
  const index = panel.content.activeCellIndex + 1;
  model.sharedModel.insertCell(index, asNotebookCell(cell));
  panel.content.activeCellIndex = index;
  app.shell.activateById(panel.id);
  void panel.content.scrollToItem(index);
}

const folderOf = ({ context }: NotebookPanel): string =>
  PathExt.dirname(context.path);

/** The page of the module, with what the active cell says. */
export function openCellForm(options: ICellCommandsOptions): void {
  const { notebooks, trans } = options;
  const panel = notebooks?.currentWidget;
  const cell = notebooks?.activeCell;
  const metadata = formOfActive(notebooks);
  if (!panel || !cell || metadata === undefined) {
    throw new Error(trans.__('This cell was not made by a form.'));
  }
  const reading = readCell(metadata, cell.model.sharedModel.getSource());
  if (!reading || !isCellForm(metadata)) {
    throw new Error(
      trans.__(
        'The form of this cell cannot be read: a newer version may have made it.'
      )
    );
  }
  openTab(options, reading.form.module, {
    tab: 'try',
    cell: { reading, folder: folderOf(panel) }
  });
}
