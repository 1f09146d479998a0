import { DocumentRegistry, DocumentWidget } from '@jupyterlab/docregistry';
import type { LazyPanel } from '../shared/lazyPanel';
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
