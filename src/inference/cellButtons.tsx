import * as React from 'react';
import { CommandIDs } from './commandIds';
import type { IPageContext } from './pageContext';

/** The form as a cell: in the language of the notebook that was used last. */
export function CellButtons({ page }: { page: IPageContext }): JSX.Element {
  const { commands, model, trans } = page;
  const run = (command: string) => () =>
    void commands.execute(command, { id: model.moduleId });
  return (
    <div className="jp-DeepInference-actions">
      <button
        type="button"
        className="jp-mod-styled"
        onClick={run(CommandIDs.copyCell)}
      >
        {trans.__('Copy as cell')}
      </button>
      <button
        type="button"
        className="jp-mod-styled"
        onClick={run(CommandIDs.insertCell)}
      >
        {trans.__('Insert into notebook')}
      </button>
    </div>
  );
}
