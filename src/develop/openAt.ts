import type { JupyterFrontEnd } from '@jupyterlab/application';

/** As much of an editor's widget as is used of it. */
interface IEditorWidget {
  context?: { ready: Promise<void> };
  content?: {
    ready?: Promise<void>;
    editor?: {
      lineCount: number;
      setCursorPosition: (position: { line: number; column: number }) => void;
      revealPosition: (position: { line: number; column: number }) => void;
      focus: () => void;
    };
  };
}

/** Open a file of Jupyter in the editor, with the cursor in a line, counted from 1. */
export async function openAt(
  app: JupyterFrontEnd,
  path: string,
  line: number
): Promise<void> {
  const widget = (await app.commands.execute('docmanager:open', {
    path,
    factory: 'Editor'
  })) as IEditorWidget | undefined;
  await widget?.context?.ready;
  await widget?.content?.ready;
  const editor = widget?.content?.editor;
  if (editor) {
    const position = {
      line: Math.min(line, editor.lineCount) - 1,
      column: 0
    };
    editor.setCursorPosition(position);
    editor.revealPosition(position);
    editor.focus();
  }
}
