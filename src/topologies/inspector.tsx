import type { TopologyEdge } from '@jupyterlab-deep/protocol';
import { edgeText } from '@jupyterlab-deep/protocol/lib/topologies/write';
import * as React from 'react';
import { CommandIDs } from './commandIds';
import { EdgeInspector } from './edgeInspector';
import type { TopologyEditor } from './editor';
import { TextField } from './fields';
import { ItemsView } from './itemsView';
import { kindOf } from './kinds';
import { NodeForm } from './nodeForm';
import { ProblemLine } from './problems';

interface IInspectorProps {
  editor: TopologyEditor;
}

/** What is chosen, at the side: its form, its connections, what went through it. */
export function Inspector({ editor }: IInspectorProps): JSX.Element {
  const { trans, model, inspections } = editor;
  const box = React.useRef<HTMLElement>(null);
  React.useEffect(() => {
    if (inspections > 0) {
      const fields = 'input, textarea, select, button.jp-mod-styled';
      box.current
        ?.querySelector<HTMLElement>(
          `.jp-DeepTopologies-inspectorBody :is(${fields})`
        )
        ?.focus();
    }
  }, [inspections]);
  const id = model.selectedNode;
  const edge = model.document?.edges.find(
    each => edgeText(each) === model.selectedEdge
  );
  return (
    <section
      ref={box}
      className="jp-DeepTopologies-inspector"
      aria-label={trans.__('Inspector')}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          if (id !== null) {
            editor.canvas?.show(id);
          }
        }
      }}
    >
      <header>
        <h2>{headingOf(editor)}</h2>
        <button
          type="button"
          className="jp-DeepTopologies-close"
          aria-label={trans.__('Close the inspector')}
          title={trans.__('Close the inspector')}
          onClick={() => {
            editor.closeInspector();
            if (id !== null) {
              editor.canvas?.show(id);
            }
          }}
        >
          ✕
        </button>
      </header>
      <div className="jp-DeepTopologies-inspectorBody">
        {id !== null ? (
          <NodeInspector key={id} editor={editor} id={id} />
        ) : edge ? (
          <EdgeInspector key={edgeText(edge)} editor={editor} edge={edge} />
        ) : (
          <DocumentInspector editor={editor} />
        )}
      </div>
    </section>
  );
}

function headingOf(editor: TopologyEditor): string {
  const { trans, model } = editor;
  const { nodes, edges } = model.selection;
  const chosen = nodes.length + edges.length;
  if (model.selectedNode !== null) {
    return editor.nameOf(model.selectedNode);
  }
  if (model.selectedEdge !== null) {
    return trans.__('Connection');
  }
  return chosen > 1
    ? trans._n('%1 chosen', '%1 chosen', chosen)
    : trans.__('Topology');
}

function NodeInspector(props: { editor: TopologyEditor; id: string }) {
  const { editor, id } = props;
  const { trans, model, checker, run } = editor;
  const prefix = React.useId();
  const node = model.node(id);
  if (!node) {
    return null;
  }
  const { label, about } = kindOf(node.kind, trans);
  const title = (
    <TextField
      id={`${prefix}-title`}
      label={trans.__('Title')}
      about={trans.__('Expressions name it %1.', `$steps.${id}`)}
      value={node.title ?? ''}
      placeholder={editor.nameOf(id)}
      onChange={given => {
        const { title: _, ...rest } = node;
        return editor.setNode(
          id,
          given === '' ? rest : { ...node, title: given },
          'title'
        );
      }}
    />
  );
  return (
    <>
      <p className="jp-DeepTopologies-about">
        <strong>{label}</strong> · {about}
      </p>
      {checker.of(id).map((problem, index) => (
        <ProblemLine key={index} editor={editor} problem={problem} />
      ))}
      <Failures editor={editor} id={id} />
      <NodeForm editor={editor} id={id} node={node} prefix={prefix} />
      {title}
      <Connections editor={editor} id={id} />
      {run.run && (
        <details className="jp-DeepTopologies-section">
          <summary>{trans.__('What came out of it')}</summary>
          <ItemsView editor={editor} run={run.run} node={id} />
        </details>
      )}
    </>
  );
}

/** Before everything else, since it is what the node was chosen for. */
function Failures(props: { editor: TopologyEditor; id: string }) {
  const { editor, id } = props;
  const { trans, run } = editor;
  const { failed = 0 } = run.progress(id) ?? {};
  if (!run.run || failed === 0) {
    return null;
  }
  return (
    <section
      className="jp-DeepTopologies-section"
      aria-label={trans.__('Failed items')}
    >
      <h3>
        {trans._n(
          '▲ %2 failed',
          '▲ %2 failed',
          failed,
          failed.toLocaleString()
        )}
      </h3>
      <ItemsView editor={editor} run={run.run} node={id} state="failed" />
    </section>
  );
}

function Connections(props: { editor: TopologyEditor; id: string }) {
  const { editor, id } = props;
  const { trans, model, options } = editor;
  const edges = (model.document?.edges ?? []).filter(
    ({ from, to }) => from.node === id || to.node === id
  );
  return (
    <section
      className="jp-DeepTopologies-section"
      aria-label={trans.__('Connections')}
    >
      <h3>{trans.__('Connections')}</h3>
      {edges.length === 0 && (
        <p className="jp-DeepTopologies-about">{trans.__('None yet.')}</p>
      )}
      <ul className="jp-DeepTopologies-connections">
        {edges.map(edge => (
          <ConnectionLine
            key={edgeText(edge)}
            editor={editor}
            id={id}
            edge={edge}
          />
        ))}
      </ul>
      <button
        type="button"
        className="jp-mod-styled"
        onClick={() => void options.commands.execute(CommandIDs.connect)}
      >
        {trans.__('Connect to…')}
      </button>
    </section>
  );
}

interface IConnectionProps {
  editor: TopologyEditor;
  id: string;
  edge: TopologyEdge;
}

function ConnectionLine({ editor, id, edge }: IConnectionProps): JSX.Element {
  const { trans, model } = editor;
  const { from, to } = edge;
  const other = from.node === id ? to : from;
  const words =
    from.node === id
      ? `${from.port} → ${editor.nameOf(to.node)}.${to.port}`
      : `${to.port} ← ${editor.nameOf(from.node)}.${from.port}`;
  return (
    <li>
      <button
        type="button"
        className="jp-DeepTopologies-link"
        title={trans.__('Go to %1', editor.nameOf(other.node))}
        onClick={() => editor.show(other.node)}
      >
        {words}
      </button>
      <button
        type="button"
        className="jp-DeepTopologies-small"
        aria-label={trans.__('Show what goes through %1', words)}
        onClick={() => model.select({ edges: [edgeText(edge)] })}
      >
        {trans.__('Data')}
      </button>
      <button
        type="button"
        className="jp-DeepTopologies-small"
        aria-label={trans.__('Remove the connection %1', words)}
        onClick={() => editor.disconnect(edge)}
      >
        {trans.__('Remove')}
      </button>
    </li>
  );
}

function DocumentInspector({ editor }: IInspectorProps): JSX.Element {
  const { trans, model } = editor;
  const prefix = React.useId();
  const {
    title = '',
    description = '',
    nodes = {},
    edges = []
  } = model.document ?? {};
  return (
    <>
      <TextField
        id={`${prefix}-title`}
        label={trans.__('Title')}
        value={title}
        onChange={given => editor.describe({ title: given })}
      />
      <TextField
        id={`${prefix}-description`}
        label={trans.__('Description')}
        value={description}
        rows={4}
        onChange={given => editor.describe({ description: given })}
      />
      <p className="jp-DeepTopologies-about">
        {trans.__(
          '%1 nodes, %2 connections. Choose one to see it here.',
          Object.keys(nodes).length,
          edges.length
        )}
      </p>
    </>
  );
}
