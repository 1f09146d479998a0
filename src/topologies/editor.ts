import type {
  TopologyDocument,
  TopologyEdge,
  TopologyNode,
  TopologyPorts
} from '@jupyterlab-deep/protocol';
import { edgeText } from '@jupyterlab-deep/protocol/lib/topologies/write';
import { PathExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';
import type { ICatalogue } from '../catalogue/tokens';
import { agreeToAll } from './agree';
import type { TopologyChecker } from './checker';
import type { TopologiesClient } from './client';
import { readFragment, writeFragment } from './clipboard';
import {
  addNode,
  connect,
  disconnect,
  fragmentOf,
  freeId,
  IPoint,
  moveNodes,
  pasteOf,
  removeNodes,
  setNode
} from './edits';
import { fitOf, IFit, possibleEdges } from './fit';
import { kindOf } from './kinds';
import type { TopologyModel } from './model';
import type { ModuleFacts } from './moduleFacts';
import type { TopologyRunModel } from './runModel';

/** What the canvas does for those beside it. */
export interface ICanvas {
  /** The middle of what is seen. */
  readonly centre: IPoint;

  /** The node that has the focus. */
  readonly focused: string | null;

  /** Bring a node into view and put the focus on it. */
  show(node: string): void;
  focus(): void;
  fit(): void;
  zoom(by: 'in' | 'out'): void;

  /** How large each node is drawn. */
  sizes(): Record<string, { width: number; height: number }>;
}

/** A dataset that there is. */
export interface IDatasetChoice {
  /** As cells name it. */
  ref: string;

  /** Whether its account is linked; else only what lies here can be read. */
  isLinked: boolean;
}

/** How far a copy lies from its original, in pixels of the canvas. */
const PASTE_SHIFT = 40;

/** A new node lies so far right of the one it is added to, in pixels. */
const NEXT_TO = 280;

/** What a person does with a topology: everything that buttons, keys and drags lead to. */
export class TopologyEditor implements IDisposable {
  constructor(readonly options: TopologyEditor.IOptions) {
    const { model, checker, facts, run } = options;
    for (const { changed } of [model, checker, facts, run]) {
      (changed as ISignal<unknown, void>).connect(this._emit, this);
    }
    run.changed.connect(this._onRun, this);
    checker.start();
    void run.find();
  }

  /** Whenever anything that is shown has changed. */
  get changed(): ISignal<TopologyEditor, void> {
    return this._changed;
  }

  get model(): TopologyModel {
    return this.options.model;
  }

  get checker(): TopologyChecker {
    return this.options.checker;
  }

  get run(): TopologyRunModel {
    return this.options.run;
  }

  get facts(): ModuleFacts {
    return this.options.facts;
  }

  get trans(): TranslationBundle {
    return this.options.trans;
  }

  /** null while it is not shown. */
  get canvas(): ICanvas | null {
    return this._canvas;
  }

  attach(canvas: ICanvas | null): void {
    this._canvas = canvas;
    if (canvas && this._isFocusWanted) {
      this._isFocusWanted = false;
      canvas.focus();
    }
  }

  /** Now, or once the canvas is drawn. */
  focus(): void {
    this._isFocusWanted = this._canvas === null;
    this._canvas?.focus();
  }

  /** Values that expressions are tried on, by node; as typed. */
  readonly samples = new Map<string, string>();

  /** What is told to who cannot see the canvas. */
  get said(): string {
    return this._said;
  }

  /** Why what was tried cannot be, near where it was tried. */
  get refusal(): { reason: string; at: IPoint | null } | null {
    return this._refusal;
  }

  get isInspectorOpen(): boolean {
    return this._isInspectorOpen;
  }

  get areProblemsOpen(): boolean {
    return this._areProblemsOpen;
  }

  /** The focus shall go to the first field of the inspector; counts how often it was asked for. */
  get inspections(): number {
    return this._inspections;
  }

  get isDisposed(): boolean {
    return this.model.isDisposed;
  }

  /** For people: its title, or what it is. */
  nameOf = (id: string): string => {
    const node = this.model.node(id);
    if (!node) {
      return id;
    }
    return (
      node.title ??
      (node.kind === 'module'
        ? this.facts.title(node.module)
        : kindOf(node.kind, this.trans).label)
    );
  };

  portsOf = (id: string): TopologyPorts => {
    const node = this.model.node(id);
    return node ? this.facts.portsOf(node) : { inputs: [], outputs: [] };
  };

  /** Asked for every port at every move of the pointer: what was found is kept until something changes. */
  fitOf(edge: TopologyEdge): IFit {
    const key = edgeText(edge);
    const known = this._fits.get(key) ?? this._lookAtFit(edge);
    this._fits.set(key, known);
    return known;
  }

  /** Where the chosen node could lead, or be fed from. */
  possibleEdges(node: string): TopologyEdge[] {
    const { document } = this.model;
    const { portsOf, trans } = this;
    return document ? possibleEdges(node, { document, portsOf, trans }) : [];
  }

  /** Begin with what somebody else has drawn; an undo takes it back. */
  fill(document: TopologyDocument): void {
    this.model.edit(() => document);
    const [first] = Object.keys(document.nodes);
    this.model.select({ nodes: [first] });
    this.canvas?.focus();
    this._soon(() => this.canvas?.fit());
    this.say(this.trans.__('Drawn: %1.', document.title ?? ''));
  }

  /** @param at - else beside what is chosen, or in the middle. */
  addNode(node: TopologyNode, base: string, at?: IPoint): string | null {
    const { document } = this.model;
    if (!document) {
      return null;
    }
    const id = freeId(base, document.nodes);
    const place = at ?? this._freePlace();
    const refused = this.model.edit(addNode(id, node, place));
    if (refused) {
      this.refuse(refused, null);
      return null;
    }
    this.model.select({ nodes: [id] });
    this.say(this.trans.__('Added %1.', this.nameOf(id)));
    return id;
  }

  addModule(module: string, at?: IPoint): string | null {
    const base = module.split(/[/:]/).pop() ?? module;
    const id = this.addNode(
      { kind: 'module', module, arguments: {} },
      base,
      at
    );
    // So that its inputs are there to be connected; foreign code waits for a person's word.
    void this.facts.ask(module, false);
    return id;
  }

  /** A file or folder of Jupyter becomes a source. */
  async addPath(path: string, at?: IPoint): Promise<void> {
    const { contents, jupyterPath } = this.options;
    const { type } = await contents.get(path, { content: false });
    if (this.isDisposed) {
      return;
    }
    const file = relativePath(PathExt.dirname(jupyterPath()), path);
    const base = PathExt.basename(path).replace(/\.[^.]*$/, '');
    const isTable = PathExt.extname(path).toLowerCase() === '.csv';
    if (type !== 'directory' && isTable) {
      this.addNode({ kind: 'csv-column', file, column: 'name' }, base, at);
    } else {
      this.addNode({ kind: 'files', pattern: file }, base, at);
    }
  }

  /** @returns why it cannot be so; empty where it is. */
  setNode(id: string, node: TopologyNode, field = ''): string {
    return this.model.edit(setNode(id, node), field && `${id}/${field}`);
  }

  /** @returns why it cannot be so; empty where it is. */
  describe(
    words: Partial<Pick<TopologyDocument, 'title' | 'description'>>
  ): string {
    const [field] = Object.keys(words);
    return this.model.edit(document => ({ ...document, ...words }), field);
  }

  /** @returns whether it was drawn. */
  connect(edge: TopologyEdge, at: IPoint | null = null): boolean {
    const { reason, replaces } = this.fitOf(edge);
    if (reason) {
      this.refuse(reason, at);
      return false;
    }
    this.forgive();
    this.model.edit(connect(edge, replaces));
    this.say(
      this.trans.__(
        'Connected %1 of “%2” with %3 of “%4”.',
        edge.from.port,
        this.nameOf(edge.from.node),
        edge.to.port,
        this.nameOf(edge.to.node)
      )
    );
    return true;
  }

  disconnect(edge: TopologyEdge): void {
    this.model.edit(disconnect([edgeText(edge)]));
    this.say(this.trans.__('The connection is removed.'));
  }

  move(places: Readonly<Record<string, IPoint>>, joins?: string): void {
    this.model.edit(moveNodes(places), joins);
  }

  /** By keys: what is chosen goes a step. */
  nudge(by: IPoint): void {
    const { document, selection } = this.model;
    const places = selection.nodes.map(id => {
      const { x, y } = document?.layout[id] ?? { x: 0, y: 0 };
      return [id, { x: x + by.x, y: y + by.y }] as const;
    });
    this.move(Object.fromEntries(places), `nudge ${selection.nodes.join()}`);
  }

  deleteSelection(): void {
    const { nodes, edges } = this.model.selection;
    if (nodes.length + edges.length === 0) {
      return;
    }
    this.model.edit(document =>
      disconnect(edges)(removeNodes(nodes)(document))
    );
    // The focus must not go with what had it.
    this._canvas?.focus();
    this.say(
      this.trans.__(
        'Deleted: %1 nodes, %2 connections.',
        nodes.length,
        edges.length
      )
    );
  }

  undo(): void {
    this.model.text.undo();
    this._chooseFocused();
    this.say(this.trans.__('Undone.'));
  }

  redo(): void {
    this.model.text.redo();
    this._chooseFocused();
    this.say(this.trans.__('Done again.'));
  }

  async copy(): Promise<void> {
    const { document, selection } = this.model;
    if (document && selection.nodes.length > 0) {
      await writeFragment(fragmentOf(document, selection.nodes));
      this.say(
        this.trans._n(
          'Copied %1 node.',
          'Copied %1 nodes.',
          selection.nodes.length
        )
      );
    }
  }

  async cut(): Promise<void> {
    await this.copy();
    this.deleteSelection();
  }

  async paste(): Promise<void> {
    const fragment = await readFragment();
    const { document } = this.model;
    if (!document || this.isDisposed) {
      return;
    }
    if (!fragment) {
      this.refuse(this.trans.__('Nothing was copied from a topology.'), null);
      return;
    }
    const shift = { x: PASTE_SHIFT, y: PASTE_SHIFT };
    const { edit, ids } = pasteOf(document, fragment, shift);
    this.model.edit(edit);
    this.model.select({ nodes: ids });
    this.say(this.trans._n('Pasted %1 node.', 'Pasted %1 nodes.', ids.length));
  }

  /** The layout's program is large: it is loaded with its first use, and works beside the page. */
  async arrange(): Promise<void> {
    const { document } = this.model;
    if (!document) {
      return;
    }
    const { arrangedPlaces } = await import('./layout');
    const places = await arrangedPlaces(document, this.canvas?.sizes() ?? {});
    if (!this.isDisposed) {
      this.move(places);
      this.canvas?.fit();
      this.say(this.trans.__('Arranged.'));
    }
  }

  /** Open the inspector for what is chosen. */
  inspect(isFocused = true): void {
    this._isInspectorOpen = true;
    if (isFocused) {
      this._inspections++;
    }
    this._emit();
  }

  closeInspector(): void {
    this._isInspectorOpen = false;
    this._emit();
  }

  toggleProblems(): void {
    this._areProblemsOpen = !this._areProblemsOpen;
    this._emit();
  }

  /** Where a problem is. */
  show(node: string): void {
    this.model.select({ nodes: [node] });
    this.canvas?.show(node);
  }

  /** What failed at a node, with the reasons: the inspector begins with them. */
  showFailed(node: string): void {
    this.show(node);
    this.inspect(false);
  }

  /** The same for a node that is not drawn yet, or is behind a dialog that closes. */
  showSoon(node: string): void {
    this._soon(() => {
      if (this.model.node(node)) {
        this.show(node);
      }
    });
  }

  /** @param at - where on the page it was tried. */
  refuse(reason: string, at: IPoint | null): void {
    this._refusal = { reason, at };
    this.say(reason);
  }

  forgive(): void {
    if (this._refusal) {
      this._refusal = null;
      this._emit();
    }
  }

  say(words: string): void {
    this._said = words;
    this._emit();
  }

  /** All that keeps a run from being begun, in words; empty where nothing does. */
  get obstacle(): string {
    const { trans, model, checker, run } = this;
    const errors = checker.problems.filter(
      ({ severity, rule }) => severity === 'error' && rule !== 'module-consent'
    );
    if (!model.document) {
      return trans.__('The document cannot be read.');
    }
    if (Object.keys(model.document.nodes).length === 0) {
      return trans.__('It is empty.');
    }
    if (run.run?.state === 'paused') {
      return trans.__('Its last run is paused: resume or cancel it.');
    }
    if (run.isGoing || run.isStarting) {
      return trans.__('It runs already.');
    }
    if (run.isAway) {
      return trans.__('The service is away.');
    }
    return errors.length > 0
      ? trans._n(
          '%1 problem is in the way: see the list.',
          '%1 problems are in the way: see the list.',
          errors.length
        )
      : '';
  }

  /** Save, agree to foreign code, begin. */
  async start(): Promise<void> {
    const { checker, run } = this;
    run.dismissFailure();
    await this.options.save();
    await checker.check();
    if (this.isDisposed) {
      return;
    }
    if (this.obstacle) {
      this.refuse(this.obstacle, null);
    } else if (await agreeToAll(this)) {
      await run.start();
    }
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    const { model, checker, facts, run } = this.options;
    for (const { changed } of [model, checker, facts, run]) {
      (changed as ISignal<unknown, void>).disconnect(this._emit, this);
    }
    run.changed.disconnect(this._onRun, this);
    checker.dispose();
    run.dispose();
    model.dispose();
    Signal.clearData(this);
  }

  /** A run that has ended has written files, and asked modules. */
  private _onRun(): void {
    const { isGoing } = this.run;
    if (this._wasGoing && !isGoing) {
      this.facts.lookAgain();
      void this.checker.check();
    }
    this._wasGoing = isGoing;
  }

  /** Right of what is chosen, below what lies there. */
  private _freePlace(): IPoint {
    const { document, selection } = this.model;
    const layout = document?.layout ?? {};
    const beside = layout[selection.nodes[selection.nodes.length - 1] ?? ''];
    const place = beside
      ? { x: beside.x + NEXT_TO, y: beside.y }
      : (this.canvas?.centre ?? { x: 0, y: 0 });
    const isTaken = () =>
      Object.values(layout).some(
        ({ x, y }) =>
          Math.abs(x - place.x) < NEXT_TO / 2 && Math.abs(y - place.y) < 100
      );
    while (isTaken()) {
      place.y += 120;
    }
    return place;
  }

  private _lookAtFit(edge: TopologyEdge): IFit {
    const { document } = this.model;
    const { portsOf, trans } = this;
    return document
      ? fitOf(edge, { document, portsOf, trans })
      : { reason: trans.__('There is no document.'), replaces: false };
  }

  /** After two frames: React Flow measures a new node before it can be looked for. */
  private _soon(act: () => void): void {
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        if (!this.isDisposed) {
          act();
        }
      })
    );
  }

  /** What was chosen may be gone: keys go on with the node that has the focus. */
  private _chooseFocused(): void {
    const focused = this._canvas?.focused;
    if (focused && this.model.selection.nodes.length === 0) {
      this.model.select({ nodes: [focused] });
    }
  }

  private _emit(): void {
    this._fits.clear();
    this._changed.emit();
  }

  private readonly _changed = new Signal<TopologyEditor, void>(this);
  private readonly _fits = new Map<string, IFit>();
  private _canvas: ICanvas | null = null;
  private _wasGoing = false;
  private _isFocusWanted = false;
  private _said = '';
  private _refusal: { reason: string; at: IPoint | null } | null = null;
  private _isInspectorOpen = true;
  private _areProblemsOpen = false;
  private _inspections = 0;
}

export namespace TopologyEditor {
  export interface IOptions {
    model: TopologyModel;
    checker: TopologyChecker;
    facts: ModuleFacts;
    run: TopologyRunModel;
    client: TopologiesClient;
    catalogue: ICatalogue;
    commands: CommandRegistry;
    contents: Contents.IManager;

    /** Let the user choose a folder of Jupyter; null when none was. */
    chooseFolder: (() => Promise<string | null>) | null;

    datasets: () => Promise<IDatasetChoice[]>;

    /** Where the document is, below Jupyter's root. */
    jupyterPath: () => string;
    save: () => Promise<void>;
    trans: TranslationBundle;
  }
}

/** From a folder to a path, both below Jupyter's root. */
export function relativePath(folder: string, path: string): string {
  const from = folder.split('/').filter(Boolean);
  const to = path.split('/').filter(Boolean);
  while (from.length > 0 && to.length > 1 && from[0] === to[0]) {
    from.shift();
    to.shift();
  }
  return [...from.map(() => '..'), ...to].join('/');
}
