import type { TranslationBundle } from '@jupyterlab/translation';
import type { Widget } from '@lumino/widgets';
import { moduleIcon } from '../shared/icons';
import { LazyTab } from '../shared/lazyTab';

/** A panel of the main area whose content is loaded when it is first shown. */
export class DevelopTab extends LazyTab {
  constructor({ load, trans, ...options }: DevelopTab.IOptions) {
    super({
      ...options,
      icon: moduleIcon,
      load: () => load(() => this.close()),
      failed: reason =>
        trans.__('The panel could not be loaded: %1', String(reason)),
      trans
    });
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
