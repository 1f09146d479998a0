import type { ModuleDetail } from '@jupyterlab-deep/protocol';
import { caretDownEmptyIcon } from '@jupyterlab/ui-components';
import { Menu } from '@lumino/widgets';
import * as React from 'react';
import {
  DeployButton,
  DeployReason,
  useTargets
} from '../deployments/deployButton';
import { canBeShared, ShareButton } from '../sharing/shareButton';
import { useChanges } from '../shared/useChanges';
import { CommandIDs } from './commandIds';
import { ConnectButton } from './connectButton';
import type { IPageContext } from './pageContext';
import { isUsable, whyUnusable } from './usability';

interface IHeaderActionsProps {
  page: IPageContext;
  module: ModuleDetail;
}

/** *Try*, *Open as notebook*, *Train* and *Deploy*; where they cannot be used, why not, and what helps. */
export function HeaderActions(props: IHeaderActionsProps): JSX.Element {
  const { page, module } = props;
  const { model, trans, idPrefix } = page;
  const { deployment } = model;
  useChanges(deployment);
  const targets = useTargets(page);
  const isDisabled = !isUsable(module) && !deployment.isLive;
  const reasonId = isDisabled ? `${idPrefix}-reason` : undefined;
  return (
    <>
      <div className="jp-DeepInference-headerActions">
        <button
          type="button"
          className="jp-mod-styled jp-mod-accept"
          disabled={isDisabled}
          aria-describedby={reasonId}
          onClick={() => model.setTab('try')}
        >
          {trans.__('Try')}
        </button>
        <NotebookButton
          page={page}
          isDisabled={isDisabled}
          reasonId={reasonId}
        />
        {module.capabilities.includes('trainable') && (
          <button
            type="button"
            className="jp-mod-styled"
            disabled={isDisabled}
            aria-describedby={reasonId}
            onClick={() => model.setTab('train')}
          >
            {trans.__('Train')}
          </button>
        )}
        <DeployButton page={page} module={module} targets={targets} />
        {canBeShared(module) && <ShareButton page={page} id={module.id} />}
      </div>
      {isDisabled && (
        <div className="jp-DeepInference-reason">
          <p id={reasonId}>{whyUnusable(module, trans)}</p>
          <ConnectButton page={page} />
        </div>
      )}
      <DeployReason page={page} module={module} targets={targets} />
    </>
  );
}

interface INotebookButtonProps {
  page: IPageContext;
  isDisabled: boolean;
  reasonId: string | undefined;
}

function NotebookButton(props: INotebookButtonProps): JSX.Element {
  const { commands, model, trans } = props.page;
  const onClick = (event: React.MouseEvent) => {
    const menu = new Menu({ commands });
    for (const language of ['typescript', 'python']) {
      const args = { id: model.moduleId, language };
      menu.addItem({ command: CommandIDs.openNotebook, args });
    }
    menu.aboutToClose.connect(() => {
      // The chosen command runs after the menu has closed.
      requestAnimationFrame(() => menu.dispose());
    });
    const { left, bottom } = event.currentTarget.getBoundingClientRect();
    menu.open(left, bottom);
  };
  return (
    <button
      type="button"
      className="jp-mod-styled"
      aria-haspopup="menu"
      disabled={props.isDisabled}
      aria-describedby={props.reasonId}
      onClick={onClick}
    >
      {trans.__('Open as notebook')}
      <caretDownEmptyIcon.react tag="span" className="jp-DeepInference-caret" />
    </button>
  );
}
