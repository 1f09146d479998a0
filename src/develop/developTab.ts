import { MainAreaWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Widget } from '@lumino/widgets';
import { moduleIcon } from '../shared/icons';
import { LazyPanel } from '../shared/lazyPanel';

/** A panel of the main area whose content is loaded when it is first shown. */
export class DevelopTab extends MainAreaWidget<LazyPanel> {
  constructor({ id, label, load, trans }: DevelopTab.IOptions) {
    const content = new LazyPanel({
      load: () => load(() => this.close()),
      failed: reason =>
        trans.__('The panel could not be loaded: %1', String(reason)),
      retryLabel: trans.__('Retry')
    });
    super({ content });
    this.id = id;
    this.title.label = label;
    this.title.icon = moduleIcon;
    this.title.closable = true;
    this.toolbar.hide();
    content.node.setAttribute('role', 'region');
    content.node.setAttribute('aria-label', label);
  }
}

export namespace DevelopTab {
  export interface IOptions {
    id: string;
    label: string;
    load: (close: () => void) => Promise<Widget>;
    trans: TranslationBundle;
  }
}
