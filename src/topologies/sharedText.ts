import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { ISignal, Signal } from '@lumino/signaling';
import { textChanges } from './textChanges';

/**
 * The text of a document that others may edit at the same time. It is written in small changes, each its own step of
 * Lab's undo.
 */
export class SharedText {
  constructor(private readonly _model: DocumentRegistry.ICodeModel) {
    this._shared = _model.sharedModel;
    _model.contentChanged.connect(this._onChanged, this);
  }

  get changed(): ISignal<SharedText, void> {
    return this._changed;
  }

  get value(): string {
    return this._shared.getSource();
  }

  get isReadOnly(): boolean {
    return this._model.readOnly;
  }

  get canUndo(): boolean {
    return this._shared.canUndo();
  }

  get canRedo(): boolean {
    return this._shared.canRedo();
  }

  /**
   * @param joins - names what is being changed: changes of the same thing shortly after each other, such as the letters
   * of a word, are undone together.
   */
  write(text: string, joins = ''): void {
    const changes = textChanges(this.value, text);
    if (changes.length === 0) {
      return;
    }
    if (joins === '' || joins !== this._joins) {
      this._endStep();
    }
    this._joins = joins;
    this._shared.transact(() => {
      for (const { start, end, text: piece } of changes) {
        this._shared.updateSource(start, end, piece);
      }
    });
  }

  undo(): void {
    this._joins = '';
    this._shared.undo();
  }

  redo(): void {
    this._joins = '';
    this._shared.redo();
  }

  dispose(): void {
    this._model.contentChanged.disconnect(this._onChanged, this);
    Signal.clearData(this);
  }

  /** Else what is done within half a second counts as one step. */
  private _endStep(): void {
    const shared = this._shared as { undoManager?: IUndoSteps };
    shared.undoManager?.stopCapturing();
  }

  private _onChanged(): void {
    this._changed.emit();
  }

  private readonly _shared: DocumentRegistry.ICodeModel['sharedModel'];
  private readonly _changed = new Signal<SharedText, void>(this);
  private _joins = '';
}

/** What Lab's own shared models have beyond their interface. */
interface IUndoSteps {
  stopCapturing(): void;
}
