import {
  ABCWidgetFactory,
  DocumentRegistry,
  DocumentWidget
} from '@jupyterlab/docregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import { LazyPanel } from '../shared/lazyPanel';
import type { TopologyEditor } from './editor';
import type { TopologyView } from './view';

/** How the editor is called in *Open With*. */
export const FACTORY = 'Topology';
export const FILE_TYPE = 'topology';

/** A `*.topology` document in a tab; the editor is loaded when it is first seen. */
export class TopologyTab extends DocumentWidget<
  LazyPanel,
  DocumentRegistry.ICodeModel
> {
  /** null until it is loaded. */
  get editor(): TopologyEditor | null {
    const view = this.content.content as Partial<TopologyView> | null;
    return view?.editor ?? null;
  }
}

export class TopologyFactory extends ABCWidgetFactory<
  TopologyTab,
  DocumentRegistry.ICodeModel
> {
  constructor(private readonly _options: TopologyFactory.IOptions) {
    super(_options);
  }

  protected override createNewWidget(
    context: DocumentRegistry.CodeContext
  ): TopologyTab {
    const { trans, load } = this._options;
    const content = new LazyPanel({
      load: () => load(context),
      failed: reason =>
        trans.__('The editor could not be loaded: %1', String(reason)),
      retryLabel: trans.__('Retry')
    });
    return new TopologyTab({ content, context });
  }
}

export namespace TopologyFactory {
  export interface IOptions extends DocumentRegistry.IWidgetFactoryOptions<TopologyTab> {
    load: (context: DocumentRegistry.CodeContext) => Promise<TopologyView>;
    trans: TranslationBundle;
  }
}
