import { showErrorMessage } from '@jupyterlab/apputils';
import type { INotebookTracker } from '@jupyterlab/notebook';
import { moduleIcon } from '../shared/icons';
import type { Language } from './cellForm';
import { formOfActive } from './cellMetadata';
import { CommandIDs } from './commandIds';
import type { IInferenceCommandsOptions } from './commands';

const ARGS = {
  type: 'object',
  properties: {
    id: { type: 'string', description: 'source/name' },
    language: { type: 'string', enum: ['typescript', 'python'] }
  }
} as const;

export interface ICellCommandsOptions extends IInferenceCommandsOptions {
  notebooks: INotebookTracker | null;
}

/** *Copy as cell*, *Insert into notebook*, and the way back: *Open as form*. What they do is loaded when one is used. */
export function addCellCommands(options: ICellCommandsOptions): void {
  const { app, notebooks, trans } = options;
  app.commands.addCommand(CommandIDs.copyCell, {
    label: trans.__('Copy as Cell'),
    describedBy: { args: ARGS },
    execute: ({ id, language }) =>
      tell(options, ({ copyCell }) =>
        copyCell(options, id as string, language as Language | undefined)
      )
  });
  app.commands.addCommand(CommandIDs.insertCell, {
    label: trans.__('Insert into Notebook'),
    describedBy: { args: ARGS },
    execute: ({ id, language }) =>
      tell(options, ({ insertCell }) =>
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
    execute: () => tell(options, ({ openCellForm }) => openCellForm(options))
  });
  notebooks?.activeCellChanged.connect(() =>
    app.commands.notifyCommandChanged(CommandIDs.openCellForm)
  );
}

type CellActs = typeof import('./cellActs');

async function tell(
  { trans }: ICellCommandsOptions,
  act: (acts: CellActs) => Promise<void> | void
): Promise<void> {
  try {
    await act(await import('./cellActs'));
  } catch (reason) {
    const message = reason instanceof Error ? reason.message : String(reason);
    await showErrorMessage(trans.__('Could not do this'), message);
  }
}
