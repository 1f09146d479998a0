import type {
  TopologyNodeProgress,
  TopologyPort,
  TopologyPorts
} from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  Handle,
  Position,
  useConnection,
  useUpdateNodeInternals
} from '@xyflow/react';
import * as React from 'react';
import { useChanges } from '../shared/useChanges';
import type { TopologyEditor } from './editor';
import { EditorContext } from './editorContext';
import { groupLabel, kindOf, summaryOf } from './kinds';

interface INodeViewProps {
  id: string;
  selected?: boolean;
}

/** A node as it is drawn: what it is, its ports, what is wrong with it, how far it is. */
export function NodeView({ id, selected = false }: INodeViewProps) {
  const editor = React.useContext(EditorContext)!;
  useChanges(editor);
  const { trans, model, checker, run } = editor;
  const node = model.node(id);
  const ports = drawnPorts(editor, id);
  useMeasuredAgain(id, ports);
  if (!node) {
    return null;
  }
  const kind = kindOf(node.kind, trans);
  const problems = checker.of(id);
  const errors = problems.filter(({ severity }) => severity === 'error');
  const progress = run.progress(id);
  return (
    <div
      role="button"
      tabIndex={isCurrent(editor, id) ? 0 : -1}
      aria-pressed={selected}
      aria-label={wordsOf(editor, id, ports)}
      data-deep-node={id}
      data-group={kind.group}
      className={`jp-DeepTopologies-node${selected ? ' jp-mod-selected' : ''}${
        errors.length > 0 ? ' jp-mod-wrong' : ''
      }`}
      onFocus={() => {
        // Not by a click: React Flow chooses then, with the keys that are held.
        if (model.selection.nodes.length < 2 && !selected) {
          model.select({ nodes: [id] });
        }
      }}
    >
      <div className="jp-DeepTopologies-nodeHead" aria-hidden="true">
        <span className="jp-DeepTopologies-sign">{kind.sign}</span>
        <span className="jp-DeepTopologies-nodeName">{editor.nameOf(id)}</span>
        <Badges
          errors={errors.length}
          warnings={problems.length - errors.length}
        />
      </div>
      <div className="jp-DeepTopologies-nodeAbout" aria-hidden="true">
        {summaryOf(node, trans)}
      </div>
      <PortRows ports={ports} node={id} />
      {progress && <Progress editor={editor} id={id} progress={progress} />}
    </div>
  );
}

/** Edges end where the ports were when the node was measured: that is told again when they change. */
function useMeasuredAgain(id: string, { inputs, outputs }: TopologyPorts) {
  const update = useUpdateNodeInternals();
  const key = [...inputs, ...outputs].map(({ name }) => name).join(' ');
  React.useEffect(() => update(id), [update, id, key]);
}

/** Tab leads to one node: the chosen one, or the first. */
function isCurrent({ model }: TopologyEditor, id: string): boolean {
  const [first] = model.selection.nodes;
  return first === undefined
    ? Object.keys(model.document?.nodes ?? {})[0] === id
    : first === id;
}

function Badges(props: { errors: number; warnings: number }) {
  const { errors, warnings } = props;
  return (
    <>
      {errors > 0 && (
        <span className="jp-DeepTopologies-badge jp-mod-error">▲ {errors}</span>
      )}
      {warnings > 0 && (
        <span className="jp-DeepTopologies-badge">! {warnings}</span>
      )}
    </>
  );
}

function PortRows({ ports, node }: { ports: TopologyPorts; node: string }) {
  return (
    <div className="jp-DeepTopologies-ports" aria-hidden="true">
      <div>
        {ports.inputs.map(port => (
          <PortView key={port.name} node={node} port={port} side="input" />
        ))}
      </div>
      <div>
        {ports.outputs.map(port => (
          <PortView key={port.name} node={node} port={port} side="output" />
        ))}
      </div>
    </div>
  );
}

interface IPortViewProps {
  node: string;
  port: TopologyPort;
  side: 'input' | 'output';
}

function PortView({ node, port, side }: IPortViewProps): JSX.Element {
  const editor = React.useContext(EditorContext)!;
  const isInput = side === 'input';
  const fits = useFits(editor, node, port.name, isInput);
  return (
    <div className={`jp-DeepTopologies-port jp-mod-${side}`}>
      <Handle
        id={port.name}
        type={isInput ? 'target' : 'source'}
        position={isInput ? Position.Left : Position.Right}
        data-fits={fits}
        data-type={port.type.kind}
        title={portWords(port, editor.trans)}
      />
      <span>
        {port.name}
        {port.required && ' *'}
      </span>
    </div>
  );
}

/** Whether the edge that is being drawn could end here; undefined while none is. */
function useFits(
  editor: TopologyEditor,
  node: string,
  port: string,
  isInput: boolean
): boolean | undefined {
  return useConnection(({ inProgress, fromHandle }) => {
    if (!inProgress || !fromHandle) {
      return undefined;
    }
    const start = { node: fromHandle.nodeId, port: fromHandle.id ?? '' };
    const isStart = start.node === node && start.port === port;
    if (isStart && (fromHandle.type === 'target') === isInput) {
      return undefined;
    }
    const end = { node, port };
    return (fromHandle.type === 'source') === isInput
      ? editor.fitOf(
          isInput ? { from: start, to: end } : { from: end, to: start }
        ).reason === ''
      : false;
  });
}

function portWords(
  { name, title, type, required }: TopologyPort,
  trans: TranslationBundle
): string {
  const carried =
    type.kind === 'file'
      ? type.mediaTypes.length > 0
        ? trans.__('file: %1', type.mediaTypes.join(', '))
        : trans.__('any file')
      : type.kind === 'json'
        ? trans.__('a value')
        : trans.__('file or value');
  const words = title
    ? `${name} — ${title} (${carried})`
    : `${name} (${carried})`;
  return required ? trans.__('%1, needed', words) : words;
}

/** Those of the node, and those that only edges know: of a module that was not asked yet. */
function drawnPorts(editor: TopologyEditor, id: string): TopologyPorts {
  const { inputs, outputs } = editor.portsOf(id);
  const edges = editor.model.document?.edges ?? [];
  const used = {
    inputs: edges.filter(({ to }) => to.node === id).map(({ to }) => to.port),
    outputs: edges
      .filter(({ from }) => from.node === id)
      .map(({ from }) => from.port)
  };
  return {
    inputs: shownInputs(withUsed(inputs, used.inputs), used.inputs),
    outputs: withUsed(outputs, used.outputs)
  };
}

function withUsed(
  ports: readonly TopologyPort[],
  used: readonly string[]
): TopologyPort[] {
  const known = new Set(ports.map(({ name }) => name));
  const others = [...new Set(used)].filter(name => !known.has(name));
  return [
    ...ports,
    ...others.map(name => ({ name, type: { kind: 'any' as const } }))
  ];
}

/** More inputs than these nobody reads in a box: of a module with many arguments, those that are needed or used. */
const MOST_INPUTS = 6;

function shownInputs(
  ports: readonly TopologyPort[],
  used: readonly string[]
): TopologyPort[] {
  const needed = ports.filter(
    ({ name, required, type }) =>
      required || type.kind === 'file' || used.includes(name)
  );
  return ports.length <= MOST_INPUTS || needed.length === 0
    ? [...ports]
    : needed;
}

/** All of a node in a sentence or two, for who hears it. */
function wordsOf(
  editor: TopologyEditor,
  id: string,
  ports: TopologyPorts
): string {
  const { trans, model, checker, run } = editor;
  const node = model.node(id)!;
  const edges = model.document?.edges ?? [];
  const { group, label } = kindOf(node.kind, trans);
  const into = edges
    .filter(({ to }) => to.node === id)
    .map(({ from, to }) =>
      trans.__('%1 from %2', to.port, editor.nameOf(from.node))
    );
  const open = ports.inputs
    .filter(
      ({ name, required }) =>
        required && !edges.some(({ to }) => to.node === id && to.port === name)
    )
    .map(({ name }) => trans.__('%1 not connected', name));
  const out = edges
    .filter(({ from }) => from.node === id)
    .map(({ from, to }) =>
      trans.__('%1 to %2', from.port, editor.nameOf(to.node))
    );
  const problems = checker.of(id).length;
  const progress = run.progress(id);
  const facts = [
    group === 'module' ? label : `${groupLabel(group, trans)}: ${label}`,
    ...into,
    ...open,
    ...out,
    problems > 0 && trans._n('%1 problem', '%1 problems', problems),
    progress && progressWords(progress, trans, run.isGoing)
  ];
  return `${editor.nameOf(id)}. ${facts.filter(Boolean).join(', ')}`;
}

interface IProgressProps {
  editor: TopologyEditor;
  id: string;
  progress: TopologyNodeProgress;
}

function Progress({ editor, id, progress }: IProgressProps): JSX.Element {
  const { trans, run } = editor;
  const { waiting, active, done, failed, phase } = progress;
  return (
    <div className="jp-DeepTopologies-progress" aria-hidden="true">
      <div className="jp-DeepTopologies-bar">
        <span style={{ flexGrow: done }} data-part="done" />
        <span style={{ flexGrow: failed }} data-part="failed" />
        <span style={{ flexGrow: Math.max(waiting + active, run.left(id)) }} />
      </div>
      <span>{phase || progressWords(progress, trans, run.isGoing)}</span>
    </div>
  );
}

export function progressWords(
  { waiting, active, done, failed, cached }: TopologyNodeProgress,
  trans: TranslationBundle,
  isGoing: boolean
): string {
  const left = waiting.toLocaleString();
  const parts = [
    trans.__('%1 done', done.toLocaleString()),
    cached > 0 && trans.__('%1 cached', cached.toLocaleString()),
    active > 0 && trans.__('%1 at work', active.toLocaleString()),
    waiting > 0 &&
      (isGoing ? trans.__('%1 waiting', left) : trans.__('%1 not done', left)),
    failed > 0 && trans.__('%1 failed', failed.toLocaleString())
  ];
  return parts.filter(Boolean).join(' · ');
}
