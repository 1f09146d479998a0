import {
  Clipboard,
  Notification,
  showErrorMessage
} from '@jupyterlab/apputils';
import type { CellForm } from '@jupyterlab-deep/protocol';
import { cellCode } from '@jupyterlab-deep/protocol/lib/cellCode';
import { PathExt } from '@jupyterlab/coreutils';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { PartialJSONObject } from '@lumino/coreutils';
import { moduleIcon } from '../shared/icons';
import { cellFormOf, isCellForm, Language, readCell } from './cellForm';
import { CommandIDs } from './commandIds';
import type { IInferenceCommandsOptions } from './commands';
import { languageOf } from './notebookLanguage';
import { openTab } from './openTab';

/** What Lab's notebooks paste. */
const CELLS_MIME = 'application/vnd.jupyter.cells';

/** The name in a cell's metadata. */
const METADATA = 'deep';

const ARGS = {
  type: 'object',
  properties: {
    id: { type: 'string', description: 'source/name' },
    language: { type: 'string', enum: ['typescript', 'python'] }
  }
} as const;

interface ICellCommandsOptions extends IInferenceCommandsOptions {
  notebooks: INotebookTracker | null;
}

/** *Copy as cell*, *Insert into notebook*, and the way back: *Open as form*. */
export function addCellCommands(options: ICellCommandsOptions): void {
  const { app, notebooks, trans } = options;
  app.commands.addCommand(CommandIDs.copyCell, {
    label: trans.__('Copy as Cell'),
    describedBy: { args: ARGS },
    execute: ({ id, language }) =>
      tell(options, () =>
        copyCell(options, id as string, language as Language | undefined)
      )
  });
  app.commands.addCommand(CommandIDs.insertCell, {
    label: trans.__('Insert into Notebook'),
    describedBy: { args: ARGS },
    execute: ({ id, language }) =>
      tell(options, () =>
        insertCell(options, id as string, language as Language | undefined)
      )
  });
  app.commands.addCommand(CommandIDs.openCellForm, {
    label: trans.__('Open as Form'),
    caption: trans.__(
      'Open as form: the page of the module with what this cell says'
    ),
    icon: moduleIcon,
    describedBy: { args: { type: 'object', properties: {} } },
    isVisible: () => formOfActive(notebooks) !== undefined,
    execute: () => tell(options, () => openCellForm(options))
  });
  notebooks?.activeCellChanged.connect(() =>
    app.commands.notifyCommandChanged(CommandIDs.openCellForm)
  );
}

async function tell(
  { trans }: ICellCommandsOptions,
  act: () => Promise<void> | void
): Promise<void> {
  try {
    await act();
  } catch (reason) {
    const message = reason instanceof Error ? reason.message : String(reason);
    await showErrorMessage(trans.__('Could not do this'), message);
  }
}

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
function copyCell(
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

async function insertCell(
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

/** What the active cell says in its metadata; undefined where it is none of ours. */
function formOfActive(notebooks: INotebookTracker | null): unknown {
  return notebooks?.activeCell?.model.getMetadata(METADATA);
}

function openCellForm(options: ICellCommandsOptions): void {
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
