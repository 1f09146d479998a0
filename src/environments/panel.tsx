import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Message } from '@lumino/messaging';
import * as React from 'react';
import type { IDeepService } from '../service/tokens';
import { ConnectionBanner } from '../shared/connectionBanner';
import { ErrorBox } from '../shared/errorBox';
import { useChanges } from '../shared/useChanges';
import type { EnvironmentActions } from './actions';
import type { EnvironmentsClient } from './client';
import { EnvironmentCard } from './environmentCard';
import type { EnvironmentsModel } from './model';
import { machineRows } from './words';

export interface IEnvironmentsProps {
  model: EnvironmentsModel;
  actions: EnvironmentActions;
  client: EnvironmentsClient;
  service: IDeepService;
  trans: TranslationBundle;
}

/** *Environments*: what this machine has, and ready-to-use environments for notebooks. */
export class EnvironmentsPanel extends ReactWidget {
  constructor(private readonly _options: IEnvironmentsProps) {
    super();
    this.addClass('jp-DeepEnvironments');
    this.node.tabIndex = -1;
    void _options.model.refresh();
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    this.node.focus();
  }

  protected render(): JSX.Element {
    return <Environments {...this._options} />;
  }
}

function Environments(props: IEnvironmentsProps): JSX.Element {
  const { model, service, trans } = props;
  useChanges(model);
  const { environments, error } = model;
  return (
    <>
      <ConnectionBanner service={service} trans={trans} />
      <div className="jp-DeepEnvironments-header">
        <h1>{trans.__('Environments')}</h1>
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => void model.refresh()}
        >
          {trans.__('Refresh')}
        </button>
      </div>
      <p className="jp-DeepEnvironments-hint">
        {trans.__(
          'Frameworks ready to use in notebooks, each with packages of its own. What is made here becomes a kernel; Jupyter itself stays as it is.'
        )}
      </p>
      <Machine {...props} />
      {error && !error.isOffline && (
        <ErrorBox problem={error.problem} trans={trans} />
      )}
      <p role="status">{!environments && trans.__('Asking…')}</p>
      <ul className="jp-DeepEnvironments-list">
        {environments?.map(environment => (
          <EnvironmentCard
            key={environment.name}
            {...props}
            environment={environment}
          />
        ))}
      </ul>
    </>
  );
}

function Machine({
  model: { machine },
  trans
}: IEnvironmentsProps): JSX.Element | null {
  return (
    machine && (
      <section aria-labelledby="jp-deep-environments-machine">
        <h2 id="jp-deep-environments-machine">{trans.__('This machine')}</h2>
        <dl className="jp-DeepEnvironments-machine">
          {machineRows(machine, trans).map(([term, value]) => (
            <div key={term}>
              <dt>{term}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </section>
    )
  );
}
