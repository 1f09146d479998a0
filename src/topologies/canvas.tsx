import type { TopologyDocument, TopologyEdge } from '@jupyterlab-deep/protocol';
import { edgeText } from '@jupyterlab-deep/protocol/lib/topologies/write';
import {
  applyNodeChanges,
  Background,
  Connection,
  Controls,
  Edge,
  MarkerType,
  MiniMap,
  Node,
  NodeChange,
  ReactFlow,
  ReactFlowProvider,
  SelectionMode,
  useReactFlow
} from '@xyflow/react';
import * as React from 'react';
import { useDrop } from '../shared/labDrag';
import { useChanges } from '../shared/useChanges';
import { DROPPED_TYPES, takeDrop } from './drops';
import type { TopologyEditor } from './editor';
import { GRID, IPoint } from './edits';
import { onCanvasKey } from './keys';
import type { ISelection } from './model';
import { NodeView } from './nodeView';
import { EditorContext } from './editorContext';

interface ICanvasProps {
  editor: TopologyEditor;
}

/** The drawing. */
export function Canvas({ editor }: ICanvasProps): JSX.Element {
  return (
    <EditorContext.Provider value={editor}>
      <ReactFlowProvider>
        <Flow editor={editor} />
      </ReactFlowProvider>
    </EditorContext.Provider>
  );
}

const NODE_TYPES = { deep: NodeView };
const ZOOM_MS = 200;
const ARROW = {
  type: MarkerType.ArrowClosed,
  markerUnits: 'userSpaceOnUse',
  width: 16,
  height: 16
};
const FIT = { maxZoom: 1, padding: 0.08 };
/** Small: it lies over the drawing. */
const MAP = { width: 140, height: 96 };
const LEAST_ZOOM = 0.1;
const MOST_ZOOM = 2;

function Flow({ editor }: ICanvasProps): JSX.Element {
  useChanges(editor);
  const { trans, model } = editor;
  const box = React.useRef<HTMLDivElement>(null);
  const [nodes, onNodesChange] = useFlowNodes(editor);
  const edges = edgesOf(editor);
  // Into an empty one a first node comes where it was put.
  const [hadNodes] = React.useState(() => nodes.length > 0);
  useCanvasOf(editor, box);
  const onMoveStart = useFitting(box, hadNodes);
  const isOver = useDrop(box, DROPPED_TYPES, useDropOf(editor));
  return (
    <div
      ref={box}
      className={`jp-DeepTopologies-canvas${isOver ? ' jp-mod-dropTarget' : ''}`}
      role="group"
      aria-label={trans.__('Canvas')}
      tabIndex={-1}
      onKeyDown={event => onCanvasKey(event, editor)}
      onPointerDownCapture={() => editor.forgive()}
    >
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        onNodesChange={onNodesChange}
        onNodeDragStop={(_, __, moved) => commitMoves(editor, moved)}
        onSelectionDragStop={(_, moved) => commitMoves(editor, moved)}
        onNodeDoubleClick={() => editor.inspect()}
        onEdgeClick={(_, { id }) => {
          model.select({ edges: [id] });
          editor.inspect(false);
        }}
        onPaneClick={() => model.select({})}
        onConnect={connection => {
          editor.connect(edgeOf(connection));
        }}
        isValidConnection={edge => editor.fitOf(edgeOf(edge)).reason === ''}
        onConnectEnd={(event, { isValid, fromHandle, toHandle }) => {
          if (isValid === false && fromHandle && toHandle) {
            const [start, end] =
              fromHandle.type === 'source'
                ? [fromHandle, toHandle]
                : [toHandle, fromHandle];
            editor.connect(
              {
                from: { node: start.nodeId, port: start.id ?? '' },
                to: { node: end.nodeId, port: end.id ?? '' }
              },
              pointOf(event)
            );
          }
        }}
        onClickConnectEnd={() => undefined}
        snapToGrid
        snapGrid={[GRID, GRID]}
        minZoom={LEAST_ZOOM}
        maxZoom={MOST_ZOOM}
        fitView={hadNodes}
        fitViewOptions={FIT}
        onMoveStart={onMoveStart}
        nodesFocusable={false}
        edgesFocusable={false}
        disableKeyboardA11y
        nodesDraggable={!model.text.isReadOnly}
        nodesConnectable={!model.text.isReadOnly}
        deleteKeyCode={null}
        selectionMode={SelectionMode.Partial}
        connectionRadius={24}
        zoomOnDoubleClick={false}
        elevateNodesOnSelect={false}
      >
        <Background gap={GRID} />

        {nodes.length > 0 && (
          <>
            <Controls showInteractive={false} aria-label={trans.__('Zoom')} />
            <MiniMap
              style={MAP}
              pannable
              zoomable
              ariaLabel={trans.__('Map of the topology')}
            />
          </>
        )}
      </ReactFlow>
      <Refusal editor={editor} box={box} />
    </div>
  );
}

type DeepNode = Node<Record<string, never>, 'deep'>;

/** What React Flow draws: the document's nodes, with the sizes that it measured and the places of a drag that goes on. */
function useFlowNodes(
  editor: TopologyEditor
): [DeepNode[], (changes: NodeChange<DeepNode>[]) => void] {
  const { model } = editor;
  const { document, selection } = model;
  const [drawn, setDrawn] = React.useState<readonly DeepNode[]>([]);
  const nodes = React.useMemo(
    () => drawnNodes(document, selection, drawn),
    [document, selection, drawn]
  );
  const onChange = React.useCallback(
    (changes: NodeChange<DeepNode>[]) => {
      const others = changes.filter(({ type }) => type !== 'select');
      setDrawn(before =>
        applyNodeChanges(
          others,
          drawnNodes(model.document, model.selection, before)
        )
      );
      takeSelection(editor, changes);
    },
    [editor, model]
  );
  return [nodes, onChange];
}

function drawnNodes(
  document: TopologyDocument | null,
  selection: ISelection,
  before: readonly DeepNode[]
): DeepNode[] {
  const known = new Map(before.map(node => [node.id, node]));
  return Object.keys(document?.nodes ?? {}).map((id, index) => {
    const node = known.get(id);
    const place = document?.layout[id] ?? unplaced(index);
    return {
      ...node,
      id,
      type: 'deep',
      data: {},
      position: node?.dragging ? node.position : place,
      selected: selection.nodes.includes(id)
    };
  });
}

/** Nodes that were written by hand have no place. */
const unplaced = (index: number): IPoint => ({
  x: (index % 4) * 280,
  y: Math.floor(index / 4) * 160
});

function takeSelection(
  { model }: TopologyEditor,
  changes: NodeChange<DeepNode>[]
): void {
  const chosen = new Set(model.selection.nodes);
  for (const change of changes) {
    if (change.type === 'select') {
      chosen[change.selected ? 'add' : 'delete'](change.id);
    }
  }
  if (changes.some(({ type }) => type === 'select')) {
    model.select({ nodes: [...chosen] });
  }
}

function edgesOf({ model, checker, run }: TopologyEditor): Edge[] {
  const { document, selection } = model;
  return (document?.edges ?? []).map((edge, index) => {
    const id = edgeText(edge);
    const hasError = checker.problems.some(
      problem => problem.edge === index && problem.severity === 'error'
    );
    const active = run.progress(edge.to.node)?.active ?? 0;
    return {
      id,
      source: edge.from.node,
      sourceHandle: edge.from.port,
      target: edge.to.node,
      targetHandle: edge.to.port,
      selected: selection.edges.includes(id),
      animated: run.isMoving && active > 0,
      className: hasError ? 'jp-mod-wrong' : '',
      markerEnd: ARROW,
      // Their keys are in the inspector of the nodes.
      ariaLabel: id
    };
  });
}

const edgeOf = (edge: Connection | Edge): TopologyEdge => ({
  from: { node: edge.source, port: edge.sourceHandle ?? '' },
  to: { node: edge.target, port: edge.targetHandle ?? '' }
});

function commitMoves(editor: TopologyEditor, moved: readonly Node[]): void {
  editor.move(
    Object.fromEntries(moved.map(({ id, position }) => [id, position]))
  );
}

function pointOf(event: MouseEvent | TouchEvent): IPoint {
  const { clientX, clientY } =
    'changedTouches' in event ? event.changedTouches[0] : event;
  return { x: clientX, y: clientY };
}

/**
 * All of it stays in view while the area changes its size, until somebody moves it.
 *
 * @returns what is to be told of moves.
 */
function useFitting(
  box: React.RefObject<HTMLDivElement>,
  isWanted: boolean
): (event: MouseEvent | TouchEvent | null) => void {
  const flow = useReactFlow<DeepNode>();
  const isMoved = React.useRef(!isWanted);
  React.useEffect(() => {
    const observer = new ResizeObserver(() => {
      if (!isMoved.current) {
        void flow.fitView(FIT);
      }
    });
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, [flow, box]);
  return React.useCallback(event => {
    // Without an event it was moved by a command, such as this one.
    isMoved.current ||= event !== null;
  }, []);
}

/** What commands do with the canvas. */
function useCanvasOf(
  editor: TopologyEditor,
  box: React.RefObject<HTMLDivElement>
): void {
  const flow = useReactFlow<DeepNode>();
  React.useEffect(() => {
    const duration = prefersStill() ? 0 : ZOOM_MS;
    editor.attach({
      get centre() {
        const { left, top, width, height } =
          box.current!.getBoundingClientRect();
        return flow.screenToFlowPosition({
          x: left + width / 2 - 100,
          y: top + height / 2 - 40
        });
      },
      get focused() {
        const { activeElement } = document;
        return box.current?.contains(activeElement)
          ? ((activeElement as HTMLElement).dataset.deepNode ?? null)
          : null;
      },
      show: id => {
        void flow.fitView({
          nodes: [{ id }],
          maxZoom: Math.min(flow.getZoom(), 1),
          minZoom: flow.getZoom(),
          duration
        });
        focusNode(box.current, id);
      },
      focus: () => box.current?.focus({ preventScroll: true }),
      fit: () =>
        // After the places that were just set are drawn.
        void requestAnimationFrame(() => flow.fitView({ ...FIT, duration })),
      zoom: by => void (by === 'in' ? flow.zoomIn : flow.zoomOut)({ duration }),
      sizes: () =>
        Object.fromEntries(
          flow
            .getNodes()
            .filter(({ measured }) => measured?.width && measured.height)
            .map(({ id, measured }) => [
              id,
              { width: measured!.width!, height: measured!.height! }
            ])
        )
    });
    return () => editor.attach(null);
  }, [editor, flow, box]);
}

function useDropOf(editor: TopologyEditor) {
  const { screenToFlowPosition } = useReactFlow();
  return React.useCallback(
    (type: string, data: unknown, { x, y }: IPoint) =>
      takeDrop(editor, type, data, screenToFlowPosition({ x, y })),
    [editor, screenToFlowPosition]
  );
}

export function focusNode(box: HTMLElement | null, id: string): void {
  box
    ?.querySelector<HTMLElement>(`[data-deep-node="${CSS.escape(id)}"]`)
    ?.focus({ preventScroll: true });
}

const prefersStill = (): boolean =>
  window.matchMedia('(prefers-reduced-motion: reduce)').matches;

interface IRefusalProps extends ICanvasProps {
  box: React.RefObject<HTMLDivElement>;
}

/** Where the pointer was: why an edge was not drawn. */
function Refusal({ editor, box }: IRefusalProps): JSX.Element | null {
  const { refusal } = editor;
  if (!refusal) {
    return null;
  }
  const {
    left = 0,
    top = 0,
    width = 0
  } = box.current?.getBoundingClientRect() ?? {};
  const { x, y } = refusal.at ?? { x: left + width / 2, y: top + 8 };
  return (
    <div
      className="jp-DeepTopologies-refusal"
      style={{
        left: Math.min(x - left, Math.max(width - 240, 0)),
        top: y - top + 12
      }}
    >
      {refusal.reason}
    </div>
  );
}
