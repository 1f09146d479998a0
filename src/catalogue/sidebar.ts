import type { TranslationBundle } from '@jupyterlab/translation';
import { Toolbar } from '@jupyterlab/ui-components';
import { PanelLayout, Widget } from '@lumino/widgets';
import { moduleIcon } from '../shared/icons';
import { LazyPanel } from '../shared/lazyPanel';

/** The place of the catalogue in the sidebar; its content is loaded when it is first shown. */
export class CatalogueSidebar extends Widget {
  constructor(load: () => Promise<Widget>, trans: TranslationBundle) {
    super();
    this.id = 'jp-deep-catalogue';
    this.addClass('jp-DeepCatalogue');
    this.title.icon = moduleIcon;
    this.title.caption = trans.__('DEEP catalogue');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('DEEP catalogue'));
    this.toolbar.node.setAttribute('aria-label', trans.__('Catalogue actions'));
    this._body = new LazyPanel({
      load,
      failed: reason =>
        trans.__('The catalogue could not be loaded: %1', String(reason)),
      retryLabel: trans.__('Retry')
    });
    const layout = (this.layout = new PanelLayout());
    layout.addWidget(this._header(trans));
    layout.addWidget(this._body);
  }

  readonly toolbar = new Toolbar();

  protected override onActivateRequest(): void {
    this._body.activate();
  }

  private _header(trans: TranslationBundle): Widget {
    const header = new Widget();
    header.addClass('jp-DeepCatalogue-header');
    const title = new Widget({ node: document.createElement('h2') });
    title.node.textContent = trans.__('DEEP catalogue');
    const layout = (header.layout = new PanelLayout());
    layout.addWidget(title);
    layout.addWidget(this.toolbar);
    return header;
  }

  private readonly _body: LazyPanel;
}
