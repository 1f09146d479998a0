import type { TopologyEdge } from '@jupyterlab-deep/protocol';
import * as React from 'react';
import type { TopologyEditor } from './editor';
import { ItemsView } from './itemsView';

/** A connection that is chosen, and what went through it. */
export function EdgeInspector(props: {
  editor: TopologyEditor;
  edge: TopologyEdge;
}) {
  const { editor, edge } = props;
  const { trans, run } = editor;
  const { from, to } = edge;
  const heading = React.useRef<HTMLHeadingElement>(null);
  React.useEffect(() => {
    // The button that led here is gone, and the focus with it.
    if (document.activeElement === document.body) {
      heading.current?.focus();
    }
  }, []);
  return (
    <>
      <p>
        <button
          type="button"
          className="jp-DeepTopologies-link"
          onClick={() => editor.show(from.node)}
        >
          {editor.nameOf(from.node)}
        </button>
        {' → '}
        <button
          type="button"
          className="jp-DeepTopologies-link"
          onClick={() => editor.show(to.node)}
        >
          {editor.nameOf(to.node)}
        </button>
      </p>
      <p className="jp-DeepTopologies-about">
        {from.port} → {to.port} ·{' '}
        <button
          type="button"
          className="jp-DeepTopologies-small"
          onClick={() => editor.disconnect(edge)}
        >
          {trans.__('Remove the connection')}
        </button>
      </p>
      <h3 ref={heading} tabIndex={-1}>
        {trans.__('What went through it')}
      </h3>
      {run.run ? (
        <ItemsView
          editor={editor}
          run={run.run}
          node={from.node}
          port={from.port}
        />
      ) : (
        <p className="jp-DeepTopologies-about">
          {trans.__('Nothing yet: it has not been run.')}
        </p>
      )}
    </>
  );
}
