import * as React from 'react';
import { CommandIDs } from './commandIds';
import type { IPageContext } from './pageContext';

interface IConnectButtonProps {
  page: IPageContext;

  /** Where it was connected before. */
  address?: string;
}

/** What helps a module that nothing here can run. */
export function ConnectButton(props: IConnectButtonProps): JSX.Element {
  const { page, address } = props;
  const { commands, model, trans } = page;
  const args = { id: model.moduleId, ...(address && { address }) };
  return (
    <button
      type="button"
      className="jp-mod-styled"
      onClick={() => void commands.execute(CommandIDs.connectModule, args)}
    >
      {trans.__('Connect to a running module…')}
    </button>
  );
}
