import type { ModuleDetail } from '@jupyterlab-deep/protocol';
import * as React from 'react';
import { isConnectedOnly } from '../inference/usability';
import type { IPageContext } from '../inference/pageContext';
import { CommandIDs } from './commandIds';

interface IShareButtonProps {
  page: Pick<IPageContext, 'commands' | 'trans'>;
  /** Of the module. */
  id: string;
  label?: string;
}

/** Opens the dialog that shares a module; nothing where that is switched off. */
export function ShareButton(props: IShareButtonProps): JSX.Element | null {
  const { page, id, label } = props;
  const { commands, trans } = page;
  return commands.hasCommand(CommandIDs.shareModule) ? (
    <button
      type="button"
      className="jp-mod-styled"
      onClick={() => void commands.execute(CommandIDs.shareModule, { id })}
    >
      {label ?? trans.__('Share…')}
    </button>
  ) : null;
}

/** Whether there is something of it here that can be shared. */
export const canBeShared = (module: ModuleDetail): boolean =>
  !module.broken &&
  !isConnectedOnly(module) &&
  (module.sizeBytes !== undefined ||
    module.image !== undefined ||
    module.source === 'mine');
