import { Message } from '@lumino/messaging';
import { ISignal, Signal } from '@lumino/signaling';
import { PanelLayout, Widget } from '@lumino/widgets';

/** A widget that gets its content when it is shown for the first time, so that Lab starts without it. */
export class LazyPanel extends Widget {
  constructor(options: LazyPanel.IOptions) {
    super();
    this._options = options;
    this.layout = new PanelLayout();
    this.addClass('jp-DeepShared-lazy');
  }

  /** What is shown, once it is loaded. */
  get content(): Widget | null {
    return this._content;
  }

  /** The content is there. */
  get loaded(): ISignal<LazyPanel, Widget> {
    return this._loaded;
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this._openIfVisible();
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this._openIfVisible();
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    if (this._content) {
      this._content.activate();
    } else {
      this._isActivating = true;
    }
  }

  private _openIfVisible(): void {
    if (this.isVisible && !this._isOpening) {
      this._isOpening = true;
      void this._open();
    }
  }

  private async _open(): Promise<void> {
    let content: Widget;
    try {
      content = await this._options.load();
    } catch (reason) {
      content = this._failure(reason);
    }
    if (this.isDisposed) {
      content.dispose();
      return;
    }
    this._show(content);
  }

  private _show(content: Widget): void {
    const layout = this.layout as PanelLayout;
    this._content?.dispose();
    this._content = content;
    layout.addWidget(content);
    if (this._isActivating) {
      this._isActivating = false;
      content.activate();
    }
    this._loaded.emit(content);
  }

  /** The code of a panel comes from Jupyter, which may be away at this moment. */
  private _failure(reason: unknown): Widget {
    const widget = new Widget();
    widget.addClass('jp-DeepShared-error');
    widget.node.setAttribute('role', 'alert');
    const text = document.createElement('p');
    text.textContent = this._options.failed(reason);
    const button = document.createElement('button');
    button.className = 'jp-mod-styled';
    button.textContent = this._options.retryLabel;
    button.addEventListener('click', () => void this._open());
    widget.node.append(text, button);
    return widget;
  }

  private readonly _options: LazyPanel.IOptions;
  private readonly _loaded = new Signal<LazyPanel, Widget>(this);
  private _content: Widget | null = null;
  private _isOpening = false;
  private _isActivating = false;
}

export namespace LazyPanel {
  export interface IOptions {
    load: () => Promise<Widget>;

    /** The sentence for a content that could not be loaded. */
    failed: (reason: unknown) => string;
    retryLabel: string;
  }
}
