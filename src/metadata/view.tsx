import {
  CodeEditorWrapper,
  type IEditorServices
} from '@jupyterlab/codeeditor';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { Panel } from '@lumino/widgets';
import * as React from 'react';
import type { IDeepService } from '../service/tokens';
import { ConnectionBanner } from '../shared/connectionBanner';
import { MetadataForm } from './form';
import type { MetadataModel } from './model';
import { Problems } from './problems';

/** A description of a module in its tab: form and text side by side. */
export class MetadataView extends Panel {
  constructor(private readonly _options: MetadataView.IOptions) {
    super();
    const { model, context, editors, service, prepare, trans } = _options;
    this.addClass('jp-DeepMetadata');
    const side = ReactWidget.create(
      <>
        <ConnectionBanner service={service} trans={trans} />
        <Problems
          model={model}
          goTo={line => this.goTo(line)}
          prepare={prepare}
          trans={trans}
        />
        <MetadataForm model={model} trans={trans} />
      </>
    );
    side.addClass('jp-DeepMetadata-side');
    context.model.mimeType = editors.mimeTypeService.getMimeTypeByFilePath(
      context.path
    );
    this._text = new CodeEditorWrapper({
      model: context.model,
      factory: options =>
        editors.factoryService.newDocumentEditor({
          ...options,
          config: { lineNumbers: true, lineWrap: true, ...options.config }
        })
    });
    this._text.addClass('jp-DeepMetadata-text');
    // Lab's editor has no name of its own.
    this._text.node
      .querySelector('[role=textbox]')
      ?.setAttribute('aria-label', trans.__('Text of the file'));
    this.addWidget(side);
    this.addWidget(this._text);
    service.open();
  }

  get model(): MetadataModel {
    return this._options.model;
  }

  /** Put the cursor at the beginning of a line, counted from 1. */
  goTo(line: number): void {
    const { editor } = this._text;
    const place = { line: line - 1, column: 0 };
    editor.setCursorPosition(place);
    editor.revealPosition(place);
    editor.focus();
  }

  override dispose(): void {
    this.model.dispose();
    super.dispose();
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    if (!this.node.contains(document.activeElement)) {
      this._text.editor.focus();
    }
  }

  private readonly _text: CodeEditorWrapper;
}

export namespace MetadataView {
  export interface IOptions {
    model: MetadataModel;
    context: DocumentRegistry.CodeContext;
    editors: IEditorServices;
    service: IDeepService;
    prepare: () => void;
    trans: TranslationBundle;
  }
}
