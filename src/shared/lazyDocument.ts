import type { ILayoutRestorer } from '@jupyterlab/application';
import type { WidgetTracker } from '@jupyterlab/apputils';
import {
  ABCWidgetFactory,
  DocumentRegistry,
  DocumentWidget
} from '@jupyterlab/docregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { Widget } from '@lumino/widgets';
import { LazyPanel } from './lazyPanel';

/** A document in a tab; its editor is loaded when it is first seen. */
export type LazyDocument = DocumentWidget<
  LazyPanel,
  DocumentRegistry.ICodeModel
>;

/** Opens documents of a kind in tabs of that kind. */
export class LazyDocumentFactory<
  T extends LazyDocument
> extends ABCWidgetFactory<T, DocumentRegistry.ICodeModel> {
  constructor(private readonly _options: LazyDocumentFactory.IOptions<T>) {
    super(_options);
  }

  /** Each tab has an icon, is tracked, and is restored with Lab's layout. */
  track(
    tracker: WidgetTracker<T>,
    icon: LabIcon,
    restorer: ILayoutRestorer | null
  ): void {
    this.widgetCreated.connect((_, tab) => {
      tab.title.icon = icon;
      // A file that was renamed is restored where it is now.
      tab.context.pathChanged.connect(() => void tracker.save(tab));
      void tracker.add(tab);
    });
    void restorer?.restore(tracker, {
      command: 'docmanager:open',
      args: ({ context }) => ({ path: context.path, factory: this.name }),
      name: ({ context }) => context.path
    });
  }

  protected override createNewWidget(context: DocumentRegistry.CodeContext): T {
    const { trans, load, make } = this._options;
    const content = new LazyPanel({
      load: () => load(context),
      failed: reason =>
        trans.__('The editor could not be loaded: %1', String(reason)),
      retryLabel: trans.__('Retry')
    });
    return make({ content, context });
  }
}

export namespace LazyDocumentFactory {
  export interface IOptions<
    T extends LazyDocument
  > extends DocumentRegistry.IWidgetFactoryOptions<T> {
    load: (context: DocumentRegistry.CodeContext) => Promise<Widget>;
    make: (
      options: DocumentWidget.IOptions<LazyPanel, DocumentRegistry.ICodeModel>
    ) => T;
    trans: TranslationBundle;
  }
}
