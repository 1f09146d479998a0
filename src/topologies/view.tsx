import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { emptyTopology } from '@jupyterlab-deep/protocol/lib/topologies/read';
import * as React from 'react';
import type { IDeepService } from '../service/tokens';
import { ConnectionBanner } from '../shared/connectionBanner';
import { useChanges } from '../shared/useChanges';
import { Canvas } from './canvas';
import { CommandIDs } from './commandIds';
import type { TopologyEditor } from './editor';
import { EmptyTopology } from './emptyTopology';
import { Inspector } from './inspector';
import { Palette } from './palette';
import { Problems } from './problems';
import { RunBar } from './runBar';

/** A topology in its tab. */
export class TopologyView extends ReactWidget {
  constructor(
    readonly editor: TopologyEditor,
    private readonly _service: IDeepService
  ) {
    super();
    this.addClass('jp-DeepTopologies');
    _service.open();
  }

  override dispose(): void {
    this.editor.dispose();
    super.dispose();
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    if (!this.node.contains(document.activeElement)) {
      this.editor.focus();
    }
  }

  protected render(): JSX.Element {
    return <Topology editor={this.editor} service={this._service} />;
  }
}

interface ITopologyProps {
  editor: TopologyEditor;
  service: IDeepService;
}

function Topology({ editor, service }: ITopologyProps): JSX.Element {
  useChanges(editor);
  const { trans, model, isInspectorOpen } = editor;
  return (
    <>
      <ConnectionBanner service={service} trans={trans} />
      <p role="status" className="jp-DeepTopologies-said">
        {editor.said}
      </p>
      {model.document ? (
        <>
          <RunBar editor={editor} />
          <div className="jp-DeepTopologies-body">
            <Palette editor={editor} />
            <div className="jp-DeepTopologies-middle">
              <Canvas editor={editor} />
              {Object.keys(model.document.nodes).length === 0 && (
                <EmptyTopology editor={editor} />
              )}
              <Problems editor={editor} />
            </div>
            {isInspectorOpen && <Inspector editor={editor} />}
          </div>
        </>
      ) : (
        <Unreadable editor={editor} />
      )}
    </>
  );
}

/** Damaged, or of a newer version: it is left as it is. */
function Unreadable({ editor }: { editor: TopologyEditor }): JSX.Element {
  const { trans, model, options } = editor;
  const isEmpty = model.text.value.trim() === '';
  return (
    <div role="alert" className="jp-DeepShared-error">
      <strong>
        {isEmpty
          ? trans.__('The file is empty')
          : trans.__('This topology cannot be shown')}
      </strong>
      <p>{isEmpty ? trans.__('Nothing was drawn yet.') : model.failure}</p>
      {isEmpty && (
        <button
          type="button"
          className="jp-mod-styled jp-mod-accept"
          onClick={() => model.replace(emptyTopology())}
        >
          {trans.__('Begin a topology')}
        </button>
      )}
      <button
        type="button"
        className="jp-mod-styled"
        onClick={() => void options.commands.execute(CommandIDs.openAsText)}
      >
        {trans.__('Open as text')}
      </button>
    </div>
  );
}
