import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Message } from '@lumino/messaging';
import * as React from 'react';
import type { IDeepService } from '../service/tokens';
import { ConnectionBanner } from '../shared/connectionBanner';
import { ErrorBox } from '../shared/errorBox';
import { useChanges } from '../shared/useChanges';
import type { DeploymentActions } from './actions';
import { OtherCommandIDs } from './commandIds';
import { groupByTarget } from './groups';
import type { DeploymentsModel } from './model';
import { moveFocus } from './rowKeys';
import { TargetSection } from './targetSection';

export interface IDeploymentsProps {
  model: DeploymentsModel;
  actions: DeploymentActions;
  service: IDeepService;
  trans: TranslationBundle;
}

/** What runs, grouped by where it runs. */
export class DeploymentsPanel extends ReactWidget {
  constructor(private readonly _options: IDeploymentsProps) {
    super();
    this.addClass('jp-DeepDeployments-panel');
    void _options.model.start();
  }

  /** Events do not tell how much memory a module has, nor what is used of a target. */
  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    void this._options.model.refresh();
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    this.node
      .querySelector<HTMLElement>('button:not([tabindex="-1"])')
      ?.focus();
  }

  protected render(): JSX.Element {
    return <Deployments {...this._options} />;
  }
}

function Deployments(props: IDeploymentsProps): JSX.Element {
  const { model, service, trans } = props;
  useChanges(model);
  const { error, deployments } = model;
  return (
    <>
      <ConnectionBanner service={service} trans={trans} />
      <div
        className="jp-DeepDeployments-progress"
        data-running={model.isRefreshing}
      />
      {error && !error.isOffline && (
        <ErrorBox
          problem={error.problem}
          trans={trans}
          actions={[
            { label: trans.__('Reload'), onClick: () => void model.refresh() }
          ]}
        />
      )}
      <p role="status" className="jp-DeepDeployments-said">
        {deployments || error ? model.news : trans.__('Asking what runs…')}
      </p>
      {deployments?.length === 0 && <Empty {...props} />}
      {deployments && <Groups {...props} />}
      {deployments && (
        <button
          type="button"
          className="jp-mod-styled jp-DeepDeployments-add"
          onClick={() => void props.actions.addTarget()}
        >
          {trans.__('Add a place…')}
        </button>
      )}
    </>
  );
}

function Empty({ actions, trans }: IDeploymentsProps): JSX.Element {
  return (
    <div className="jp-DeepDeployments-empty">
      <p>
        {trans.__(
          'Nothing runs. Trying a module starts it on this machine by itself; deploy one to choose where it runs and what it gets.'
        )}
      </p>
      <button
        type="button"
        className="jp-mod-styled jp-mod-accept"
        onClick={() => void actions.deploy()}
      >
        {trans.__('Deploy a module…')}
      </button>{' '}
      <button
        type="button"
        className="jp-mod-styled"
        onClick={() =>
          void actions.commands.execute(OtherCommandIDs.showCatalogue)
        }
      >
        {trans.__('Look at the catalogue')}
      </button>
    </div>
  );
}

/** One stop for Tab, arrow keys between the rows. */
function Groups({ model, actions, trans }: IDeploymentsProps): JSX.Element {
  const [focused, setFocused] = React.useState('');
  const groups = groupByTarget(
    model.targets ?? [],
    model.deployments ?? [],
    trans
  );
  const ids = groups.flatMap(({ current, earlier }) =>
    [...current, ...earlier].map(({ id }) => id)
  );
  const current = ids.includes(focused) ? focused : (ids[0] ?? '');
  return (
    <div
      className="jp-DeepDeployments-groups"
      onKeyDown={event => moveFocus(event)}
    >
      {groups.map(group => (
        <TargetSection
          key={group.id}
          {...{ group, model, actions, trans, current }}
          onFocus={setFocused}
        />
      ))}
    </div>
  );
}
