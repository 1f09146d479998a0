import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import { LazyPanel } from './lazyPanel';

/** A tab of the main area whose content is loaded when it is first shown. */
export class LazyTab extends MainAreaWidget<LazyPanel> {
  constructor(options: LazyTab.IOptions) {
    const {
      id,
      label,
      description = label,
      icon,
      load,
      failed,
      trans
    } = options;
    const retryLabel = trans.__('Retry');
    const content = new LazyPanel({ load, failed, retryLabel });
    super({ content });
    this.id = id;
    this.title.label = label;
    this.title.icon = icon;
    this.title.closable = true;
    this.toolbar.hide();
    content.node.setAttribute('role', 'region');
    content.node.setAttribute('aria-label', description);
  }
}

export namespace LazyTab {
  export interface IOptions extends Omit<LazyPanel.IOptions, 'retryLabel'> {
    id: string;
    label: string;

    /** What it is for who does not see it; the label where that says it. */
    description?: string;
    icon: LabIcon;
    trans: TranslationBundle;
  }
}

/**
 * The one tab of its kind, which is made when it is first asked for and restored with Lab's layout.
 *
 * @returns brings it to the front.
 */
export function addOnlyTab({
  app,
  restorer,
  command,
  name,
  ...tab
}: addOnlyTab.IOptions): () => Promise<void> {
  const id = `jp-deep-${name}`;
  const tracker = new WidgetTracker<LazyTab>({ namespace: id });
  void restorer?.restore(tracker, { command, name: () => name });
  return async () => {
    const shown = tracker.currentWidget ?? new LazyTab({ id, ...tab });
    if (!shown.isAttached) {
      await tracker.add(shown);
      app.shell.add(shown, 'main');
    }
    app.shell.activateById(shown.id);
  };
}

export namespace addOnlyTab {
  export interface IOptions extends Omit<LazyTab.IOptions, 'id'> {
    app: JupyterFrontEnd;
    restorer: ILayoutRestorer | null;

    /** Shows it, without arguments. */
    command: string;
    name: string;
  }
}
