import type { ModuleDetail, Target } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IPageContext } from '../inference/pageContext';
import { isConnectedOnly, whyUnusable } from '../inference/usability';
import { DeploymentsClient } from './client';
import { CommandIDs } from './commandIds';

interface IDeployButtonProps {
  page: IPageContext;
  module: ModuleDetail;
  targets: readonly Target[] | null;
}

/** Opens the dialog that deploys the module of a page; nothing where that is switched off. */
export function DeployButton(props: IDeployButtonProps): JSX.Element | null {
  const { page, module, targets } = props;
  const { commands, trans } = page;
  if (!commands.hasCommand(CommandIDs.deployModule)) {
    return null;
  }
  const isDisabled = whyNotDeployable(module, targets, trans) !== '';
  return (
    <button
      type="button"
      className="jp-mod-styled"
      disabled={isDisabled}
      aria-describedby={isDisabled ? reasonIdOf(page) : undefined}
      onClick={() =>
        void commands.execute(CommandIDs.deployModule, { id: module.id })
      }
    >
      {trans.__('Deploy')}
    </button>
  );
}

/** Why it cannot be deployed, as text under the buttons; nothing where it can. */
export function DeployReason(props: IDeployButtonProps): JSX.Element | null {
  const { page, module, targets } = props;
  const { commands, trans } = page;
  const why = whyNotDeployable(module, targets, trans);
  if (why === '' || !commands.hasCommand(CommandIDs.deployModule)) {
    return null;
  }
  return (
    <div className="jp-DeepInference-reason">
      <p id={reasonIdOf(page)}>{trans.__('Deploy — %1', why)}</p>
      <button
        type="button"
        className="jp-mod-styled"
        onClick={() => void commands.execute(CommandIDs.showDeployments)}
      >
        {trans.__('Show the places…')}
      </button>
    </div>
  );
}

const reasonIdOf = ({ idPrefix }: IPageContext): string =>
  `${idPrefix}-deploy-reason`;

/** The places where modules can run; null while they are not known. */
export function useTargets({
  service
}: Pick<IPageContext, 'service'>): readonly Target[] | null {
  const [targets, setTargets] = React.useState<readonly Target[] | null>(null);
  React.useEffect(() => {
    let isGone = false;
    new DeploymentsClient(service).targets().then(
      found => isGone || setTargets(found),
      // The dialog asks again, and says why it fails.
      () => undefined
    );
    return () => {
      isGone = true;
    };
  }, [service]);
  return targets;
}

/** Empty when it can be tried: the place itself says the rest. */
export function whyNotDeployable(
  module: ModuleDetail,
  targets: readonly Target[] | null,
  trans: TranslationBundle
): string {
  if (isConnectedOnly(module)) {
    return trans.__('somebody else runs it, and nothing here has its code.');
  }
  const why = whyUnusable(module, trans);
  if (why === '' || module.fit.state === 'broken') {
    return why;
  }
  return targets?.every(({ kind }) => kind === 'process')
    ? trans.__('%1 No other place to run it is configured.', why)
    : '';
}
