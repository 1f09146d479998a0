import type { TopologyDocument, TopologyNode } from '@jupyterlab-deep/protocol';
import { readTopology } from '@jupyterlab-deep/protocol/lib/topologies/read';
import {
  edgeText,
  writeTopology
} from '@jupyterlab-deep/protocol/lib/topologies/write';
import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';
import type { Edit } from './edits';
import type { SharedText } from './sharedText';

/** What is chosen on the canvas. */
export interface ISelection {
  nodes: readonly string[];

  /** By `edgeText`. */
  edges: readonly string[];
}

const NOTHING: ISelection = { nodes: [], edges: [] };

/** The document behind an editor: read from the text, changed by edits, and what of it is chosen. */
export class TopologyModel implements IDisposable {
  constructor(private readonly _options: TopologyModel.IOptions) {
    const { text } = _options;
    text.changed.connect(this._read, this);
    this._read();
  }

  get text(): SharedText {
    return this._options.text;
  }

  /** After each change of document or selection. */
  get changed(): ISignal<TopologyModel, void> {
    return this._changed;
  }

  /** After each change of the document alone. */
  get documentChanged(): ISignal<TopologyModel, void> {
    return this._documentChanged;
  }

  /** null where the text is none. */
  get document(): TopologyDocument | null {
    return this._document;
  }

  /** Why the text is no topology, in words. */
  get failure(): string {
    return this._failure;
  }

  get selection(): ISelection {
    return this._selection;
  }

  /** The one node that is chosen. */
  get selectedNode(): string | null {
    const { nodes, edges } = this._selection;
    return nodes.length === 1 && edges.length === 0 ? nodes[0] : null;
  }

  /** The one edge that is chosen. */
  get selectedEdge(): string | null {
    const { nodes, edges } = this._selection;
    return edges.length === 1 && nodes.length === 0 ? edges[0] : null;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  node(id: string): TopologyNode | undefined {
    return this._document?.nodes[id];
  }

  /**
   * Nothing is written that could not be read again.
   *
   * @param joins - see `SharedText.write`.
   * @returns why it was not done; empty where it was.
   */
  edit(edit: Edit, joins?: string): string {
    if (!this._document || this.text.isReadOnly) {
      return this._failure || this._options.readOnlyWords;
    }
    const text = writeTopology(edit(this._document));
    try {
      readTopology(text);
    } catch (reason) {
      return wordsOf(reason);
    }
    this.text.write(text, joins);
    return '';
  }

  /** In place of what could not be read. */
  replace(document: TopologyDocument): void {
    this.text.write(writeTopology(document));
  }

  select(selection: Partial<ISelection>): void {
    this._selection = this._known({ ...NOTHING, ...selection });
    this._changed.emit();
  }

  selectAll(): void {
    if (this._document) {
      this.select({
        nodes: Object.keys(this._document.nodes),
        edges: this._document.edges.map(edgeText)
      });
    }
  }

  dispose(): void {
    this._isDisposed = true;
    this.text.dispose();
    Signal.clearData(this);
  }

  private _read(): void {
    const { value } = this.text;
    if (value === this._source) {
      return;
    }
    this._source = value;
    try {
      this._document = readTopology(value);
      this._failure = '';
    } catch (reason) {
      this._document = null;
      this._failure = wordsOf(reason);
    }
    this._selection = this._known(this._selection);
    this._documentChanged.emit();
    this._changed.emit();
  }

  /** Without what an undo, or somebody else, took away. */
  private _known({ nodes, edges }: ISelection): ISelection {
    const keys = new Set(this._document?.edges.map(edgeText));
    return {
      nodes: nodes.filter(id => this.node(id) !== undefined),
      edges: edges.filter(key => keys.has(key))
    };
  }

  private readonly _changed = new Signal<TopologyModel, void>(this);
  private readonly _documentChanged = new Signal<TopologyModel, void>(this);
  private _source: string | null = null;
  private _document: TopologyDocument | null = null;
  private _failure = '';
  private _selection = NOTHING;
  private _isDisposed = false;
}

export namespace TopologyModel {
  export interface IOptions {
    text: SharedText;

    /** The sentence for edits of what cannot be written. */
    readOnlyWords: string;
  }
}

const wordsOf = (reason: unknown): string =>
  reason instanceof Error ? reason.message : String(reason);
