import { DocumentRegistry, DocumentWidget } from '@jupyterlab/docregistry';
import type { LazyPanel } from '../shared/lazyPanel';
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
