import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { WidgetTracker } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { textEditorIcon } from '@jupyterlab/ui-components';
import { LazyTab } from '../shared/lazyTab';
import type { IDeployments } from './createDeployments';

/** The log of a deployment as a tab of the main area; its content is loaded when it is first shown. */
export class LogTab extends LazyTab {
  constructor(
    readonly deploymentId: string,
    load: () => Promise<IDeployments>,
    trans: TranslationBundle
  ) {
    super({
      id: `jp-deep-log-${deploymentId}`,
      label: trans.__('Log'),
      icon: textEditorIcon,
      load: async () => {
        const deployments = await load();
        this._followTitle(deployments, trans);
        return deployments.makeLog(deploymentId);
      },
      failed: reason =>
        trans.__('The log could not be loaded: %1', String(reason)),
      trans
    });
  }

  private _followTitle(
    { model }: IDeployments,
    trans: TranslationBundle
  ): void {
    const tell = (): void => {
      const known = model.get(this.deploymentId);
      if (known) {
        this.title.label = trans.__('Log: %1', known.title);
      }
    };
    model.changed.connect(tell);
    this.disposed.connect(() => model.changed.disconnect(tell));
    tell();
  }
}

/** Bring the log to the front; one tab for each. */
export function openLog(
  app: JupyterFrontEnd,
  tracker: WidgetTracker<LogTab>,
  make: () => LogTab,
  id: string
): void {
  const known = tracker.find(({ deploymentId }) => deploymentId === id);
  const tab = known ?? make();
  if (!known) {
    void tracker.add(tab);
    app.shell.add(tab, 'main');
  }
  app.shell.activateById(tab.id);
}
