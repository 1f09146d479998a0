import '../../style/activity.css';
import type { Run } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Message } from '@lumino/messaging';
import * as React from 'react';
import type { IDeepService } from '../service/tokens';
import { ConnectionBanner } from '../shared/connectionBanner';
import { useChanges } from '../shared/useChanges';
import { RunList } from './runList';
import { RunListModel } from './runListModel';

interface IActivityOptions {
  model: RunListModel;
  service: IDeepService;
  trans: TranslationBundle;
  onOpen: (run: Run) => void;
}

/** *Activity*: the runs of all modules. It owns its model. */
export class ActivityPanel extends ReactWidget {
  constructor(private readonly _options: IActivityOptions) {
    super();
    this.addClass('jp-DeepActivity');
    this.node.tabIndex = -1;
    void _options.model.load();
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._options.model.dispose();
      super.dispose();
    }
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    this.node.focus();
  }

  protected render(): JSX.Element {
    return <Activity {...this._options} />;
  }
}

function Activity(options: IActivityOptions): JSX.Element {
  const { model, service, trans, onOpen } = options;
  useChanges(model);
  const [module, setModule] = React.useState('');
  const modules = [
    ...new Set((model.runs ?? []).flatMap(run => run.module ?? []))
  ];
  return (
    <>
      <ConnectionBanner service={service} trans={trans} />
      <header className="jp-DeepActivity-header">
        <h1>{trans.__('Activity')}</h1>
        <label>
          {trans.__('Module')}{' '}
          <select
            value={module}
            onChange={event => setModule(event.currentTarget.value)}
          >
            <option value="">{trans.__('All modules')}</option>
            {modules.sort().map(id => (
              <option key={id} value={id}>
                {id}
              </option>
            ))}
          </select>
        </label>
      </header>
      <RunList model={model} trans={trans} onOpen={onOpen} module={module} />
    </>
  );
}
