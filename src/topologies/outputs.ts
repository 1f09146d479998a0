import { showErrorMessage } from '@jupyterlab/apputils';
import type { TopologyEditor } from './editor';
import { pick } from './pick';

type Output = NonNullable<
  NonNullable<TopologyEditor['run']['run']>['topology']
>['outputs'][number];

/** Open what a run wrote; where there are several, the user chooses. */
export async function showOutputs(editor: TopologyEditor): Promise<void> {
  const { trans, run } = editor;
  const outputs = run.run?.topology?.outputs ?? [];
  const chosen =
    outputs.length === 1
      ? outputs[0]
      : await pick<Output>({
          title: trans.__('Open results'),
          label: trans.__('Part of the name'),
          choices: outputs.map(output => ({
            value: output,
            label: output.jupyterPath ?? output.path,
            about: editor.nameOf(output.node)
          })),
          empty: trans.__('It has written nothing.'),
          trans
        });
  if (chosen) {
    await openOutput(editor, chosen);
  }
}

async function openOutput(
  { options, trans }: TopologyEditor,
  { jupyterPath, path }: Output
): Promise<void> {
  if (jupyterPath === undefined) {
    await showErrorMessage(
      trans.__('It lies outside of what Jupyter shows'),
      path
    );
    return;
  }
  const { type } = await options.contents.get(jupyterPath, { content: false });
  await options.commands.execute(
    type === 'directory' ? 'filebrowser:open-path' : 'docmanager:open',
    { path: jupyterPath }
  );
}
