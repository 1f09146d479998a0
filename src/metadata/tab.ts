import {
  ABCWidgetFactory,
  DocumentRegistry,
  DocumentWidget
} from '@jupyterlab/docregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import { LazyPanel } from '../shared/lazyPanel';
import type { MetadataView } from './view';

/** How the editor is called in *Open With*. */
export const FACTORY = 'Module Metadata';
export const FILE_TYPE = 'ai4-metadata';

/** An `ai4-metadata.yml` in a tab; the editor is loaded when it is first seen. */
export class MetadataTab extends DocumentWidget<
  LazyPanel,
  DocumentRegistry.ICodeModel
> {
  /** null until it is loaded. */
  get view(): MetadataView | null {
    const view = this.content.content as Partial<MetadataView> | null;
    return view?.model ? (view as MetadataView) : null;
  }
}

export class MetadataFactory extends ABCWidgetFactory<
  MetadataTab,
  DocumentRegistry.ICodeModel
> {
  constructor(private readonly _options: MetadataFactory.IOptions) {
    super(_options);
  }

  protected override createNewWidget(
    context: DocumentRegistry.CodeContext
  ): MetadataTab {
    const { trans, load } = this._options;
    const content = new LazyPanel({
      load: () => load(context),
      failed: reason =>
        trans.__('The editor could not be loaded: %1', String(reason)),
      retryLabel: trans.__('Retry')
    });
    return new MetadataTab({ content, context });
  }
}

export namespace MetadataFactory {
  export interface IOptions extends DocumentRegistry.IWidgetFactoryOptions<MetadataTab> {
    load: (context: DocumentRegistry.CodeContext) => Promise<MetadataView>;
    trans: TranslationBundle;
  }
}
