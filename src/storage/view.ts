import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { FileBrowser, Uploader } from '@jupyterlab/filebrowser';
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  caretLeftIcon,
  newFolderIcon,
  refreshIcon,
  ToolbarButton
} from '@jupyterlab/ui-components';
import { Panel, Widget } from '@lumino/widgets';

/** The cloud tells of no change: a folder is asked again now and then, and at each visit. */
const REFRESH_EVERY_MS = 60_000;

/** The sidebar's content: the overview, or the files of one account. */
export class StorageView extends Panel {
  constructor(private readonly _options: StorageView.IOptions) {
    super();
    this.addClass('jp-DeepStorage-view');
    this.addWidget(_options.overview);
  }

  /** Show a folder of an account. */
  async browse(account: string, path: string): Promise<void> {
    const browser = this._browserOf(account);
    if (!browser) {
      throw new Error(
        this._options.trans.__('This Jupyter has no file browser.')
      );
    }
    this.widgets.forEach(each =>
      each === browser ? each.show() : each.hide()
    );
    await browser.model.cd(`/${path}`);
    browser.activate();
  }

  /** Back to accounts and datasets. */
  showOverview(): void {
    const { overview } = this._options;
    this.widgets.forEach(each =>
      each === overview ? each.show() : each.hide()
    );
    overview.activate();
  }

  protected override onActivateRequest(): void {
    this.widgets.find(({ isVisible }) => isVisible)?.activate();
  }

  private _browserOf(account: string): FileBrowser | undefined {
    const known = this._browsers.get(account);
    const { browsers, trans } = this._options;
    if (known || !browsers) {
      return known;
    }
    const browser = browsers.createFileBrowser(`jp-deep-drive-${account}`, {
      driveName: account,
      restore: false,
      refreshInterval: REFRESH_EVERY_MS
    });
    browser.addClass('jp-DeepStorage-browser');
    browser.node.setAttribute('role', 'region');
    browser.node.setAttribute('aria-label', trans.__('Files of %1', account));
    this._fillToolbar(browser);
    this._browsers.set(account, browser);
    this.addWidget(browser);
    return browser;
  }

  private _fillToolbar(browser: FileBrowser): void {
    const { trans } = this._options;
    const { toolbar, model } = browser;
    toolbar.node.setAttribute('aria-label', trans.__('File actions'));
    const buttons: [string, ToolbarButton | Widget][] = [
      [
        'back',
        new ToolbarButton({
          icon: caretLeftIcon,
          tooltip: trans.__('Back to accounts and datasets'),
          onClick: () => this.showOverview()
        })
      ],
      [
        'folder',
        new ToolbarButton({
          icon: newFolderIcon,
          tooltip: trans.__('New folder'),
          onClick: () => void browser.createNewDirectory()
        })
      ],
      ['upload', new Uploader({ model })],
      [
        'refresh',
        new ToolbarButton({
          icon: refreshIcon,
          tooltip: trans.__('Refresh'),
          onClick: () => void model.refresh()
        })
      ]
    ];
    buttons.forEach(([name, button]) => toolbar.addItem(name, button));
  }

  private readonly _browsers = new Map<string, FileBrowser>();
}

export namespace StorageView {
  export interface IOptions {
    overview: Widget;
    browsers: IFileBrowserFactory | null;
    trans: TranslationBundle;
  }
}
