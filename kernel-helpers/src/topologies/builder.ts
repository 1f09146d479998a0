import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  firstPort,
  PortType,
  readTopology,
  TOPOLOGY_FORMAT,
  TOPOLOGY_VERSION,
  TopologyDocument,
  TopologyNode,
  writeTopology
} from '@jupyterlab-deep/protocol';
import { RunnableTopology } from './runnable';

/** What comes out of a node at one of its ports. */
export class TopologyOutput {
  constructor(
    /** Id of the node. */
    readonly node: string,
    readonly port: string
  ) {}
}

/** A node that was added: stands for its first output where one is wanted. */
export class TopologyStep extends TopologyOutput {
  /** Another of its outputs: `yes` and `no` of a branch, `row` of a table, `box` of a crop, an input of a request. */
  out(port: string): TopologyOutput {
    return new TopologyOutput(this.node, port);
  }
}

/** One output, or several where a node takes any number. */
export type TopologyFrom = TopologyOutput | readonly TopologyOutput[];

interface INodeOptions {
  /** By which expressions name it (`$steps.<id>`): a small letter, then letters, digits and hyphens. Else one is made. */
  id?: string;
  title?: string;
}

type Settings<K extends TopologyNode['kind']> = Omit<
  Extract<TopologyNode, { kind: K }>,
  'kind' | 'title'
>;
type Optional<K extends TopologyNode['kind'], Named extends string> = Omit<
  Settings<K>,
  Named
> &
  INodeOptions;

/**
 * Writes in cells the document that the editor draws.
 *
 * ```ts
 * const t = topologies.build('Survey');
 * const found = t.module('builtin/image-classifier', { image: t.files('photos/*.jpg'), top_k: 3 });
 * t.csv(found, 'survey.csv');
 * for await (const { origin, value } of t.run()) console.log(origin.name, value);
 * ```
 */
export class TopologyBuilder extends RunnableTopology {
  constructor(title: string, description = '') {
    super();
    this._document = {
      format: TOPOLOGY_FORMAT,
      version: TOPOLOGY_VERSION,
      title,
      description,
      nodes: {},
      edges: [],
      layout: {}
    };
  }

  /** A file, a folder, or a glob, relative to the notebook. Gives `file`. */
  files(pattern: string, options: INodeOptions = {}): TopologyStep {
    return this._add({ kind: 'files', pattern }, options);
  }

  /** Files of a dataset, named as `storage.dataset` names it. Gives `file`. */
  dataset(
    dataset: string,
    { pattern, ...options }: Optional<'dataset', 'dataset'> = {}
  ): TopologyStep {
    return this._add({ kind: 'dataset', dataset, pattern }, options);
  }

  /** A row of a table at a time: `value` of the column, or `file` with `isFile`; and the whole `row`. */
  csvColumn(
    file: string,
    column: string,
    { isFile, ...options }: Optional<'csv-column', 'file' | 'column'> = {}
  ): TopologyStep {
    return this._add({ kind: 'csv-column', file, column, isFile }, options);
  }

  /** What a caller gives; an output for each input, such as `t.request({ image: { type } }).out('image')`. */
  request(
    inputs: Record<
      string,
      {
        type: PortType;
        required?: boolean;
        default?: unknown;
        description?: string;
      }
    >,
    options: INodeOptions = {}
  ): TopologyStep {
    return this._add({ kind: 'request', inputs }, options);
  }

  /**
   * A module, or `deployment:<id>` of one that runs. Gives `answer`.
   *
   * @param given - Arguments of its predict: values, the same for every item, and outputs of other nodes.
   */
  module(
    module: string,
    given: Record<string, unknown>,
    {
      accept,
      concurrency,
      ...options
    }: Optional<'module', 'module' | 'arguments'> = {}
  ): TopologyStep {
    const all = Object.entries(given);
    const values = all.filter(
      ([, value]) => !(value instanceof TopologyOutput)
    );
    const step = this._add(
      {
        kind: 'module',
        module,
        arguments: Object.fromEntries(values),
        accept,
        concurrency
      },
      options,
      module.split('/').pop()
    );
    all.forEach(([port, from]) => {
      if (from instanceof TopologyOutput) {
        this._connect(from, step, port);
      }
    });
    return step;
  }

  /** JSONata makes of each value another one. */
  transform(
    from: TopologyOutput,
    expression: string,
    options: INodeOptions = {}
  ): TopologyStep {
    const step = this._add({ kind: 'transform', expression }, options);
    return this._connect(from, step, 'value');
  }

  /** Gives on what the condition, in JSONata, is true of. */
  filter(
    from: TopologyOutput,
    condition: string,
    options: INodeOptions = {}
  ): TopologyStep {
    const step = this._add({ kind: 'filter', condition }, options);
    return this._connect(from, step, 'in');
  }

  /** An item for each box in an answer: `picture`, and its `box`. */
  crop(
    picture: TopologyOutput,
    answer: TopologyOutput,
    { boxes, margin, most, ...options }: Optional<'crop', never> = {}
  ): TopologyStep {
    const step = this._add({ kind: 'crop', boxes, margin, most }, options);
    this._connect(picture, step, 'picture');
    return this._connect(answer, step, 'boxes');
  }

  /** Pictures of one size, pixels. */
  resize(
    picture: TopologyOutput,
    {
      width,
      height,
      manner = 'contain',
      ...options
    }: Omit<Settings<'resize'>, 'manner'> &
      Partial<Pick<Settings<'resize'>, 'manner'>> &
      INodeOptions
  ): TopologyStep {
    const step = this._add({ kind: 'resize', width, height, manner }, options);
    return this._connect(picture, step, 'picture');
  }

  /** Gives each item on at `out('yes')` or at `out('no')`. */
  branch(
    from: TopologyOutput,
    condition: string,
    options: INodeOptions = {}
  ): TopologyStep {
    const step = this._add({ kind: 'branch', condition }, options);
    return this._connect(from, step, 'in');
  }

  /** Brings together what came of one item by several ways, or what has the same `by`. */
  merge(
    from: TopologyFrom,
    manner: Settings<'merge'>['manner'],
    { of, by, ...options }: Optional<'merge', 'manner'> = {}
  ): TopologyStep {
    const step = this._add({ kind: 'merge', manner, of, by }, options);
    return this._connect(from, step, 'in');
  }

  /** Writes a file for each item. */
  folder(
    from: TopologyFrom,
    folder: string,
    { name, ...options }: Optional<'folder', 'folder'> = {}
  ): TopologyStep {
    const step = this._add({ kind: 'folder', folder, name }, options);
    return this._connect(from, step, 'in');
  }

  /** Writes a row for each item. */
  csv(
    from: TopologyFrom,
    file: string,
    { columns, ...options }: Optional<'csv', 'file'> = {}
  ): TopologyStep {
    const step = this._add({ kind: 'csv', file, columns }, options);
    return this._connect(from, step, 'in');
  }

  /** Writes a line of JSON for each item. */
  jsonLines(
    from: TopologyFrom,
    file: string,
    options: INodeOptions = {}
  ): TopologyStep {
    const step = this._add({ kind: 'json-lines', file }, options);
    return this._connect(from, step, 'in');
  }

  /** What the caller, or the loop over `run()`, gets. */
  reply(from: TopologyFrom, options: INodeOptions = {}): TopologyStep {
    return this._connect(from, this._add({ kind: 'reply' }, options), 'in');
  }

  /** As it is by now. @throws DeepError `topology-invalid` where a setting is out of its range. */
  async document(): Promise<TopologyDocument> {
    return readTopology(structuredClone(this._document));
  }

  /** Write it into a `*.topology` file, which the editor opens. @throws Error of the file system: a file that exists is kept unless `replace`. */
  async save(
    file: string,
    { replace = false }: { replace?: boolean } = {}
  ): Promise<void> {
    const text = writeTopology(await this.document());
    await writeFile(file, text, { flag: replace ? 'w' : 'wx' });
  }

  protected get where(): string {
    // Relative paths are relative to the notebook.
    return path.resolve('unsaved.topology');
  }

  private _add(
    { kind, ...settings }: TopologyNode,
    { id, title }: INodeOptions,
    called: string = kind
  ): TopologyStep {
    const name = id ?? this._freeId(called);
    if (Object.hasOwn(this._document.nodes, name)) {
      throw new RangeError(`There is a node “${name}” already.`);
    }
    // Settings that are undefined are not there in JSON either.
    const node: TopologyNode = JSON.parse(
      JSON.stringify({ kind, title, ...settings })
    );
    this._document.nodes[name] = node;
    return new TopologyStep(name, firstPort(node));
  }

  private _connect(
    from: TopologyFrom,
    to: TopologyStep,
    port: string
  ): TopologyStep {
    for (const { node, port: out } of [from].flat()) {
      this._document.edges.push({
        from: { node, port: out },
        to: { node: to.node, port }
      });
    }
    return to;
  }

  private _freeId(called: string): string {
    const words = called.toLowerCase().replace(/[^a-z0-9]+/g, '-');
    const name = words.replace(/^[^a-z]+|-+$/g, '').slice(0, 50) || 'node';
    for (let count = 1; ; count += 1) {
      const id = count === 1 ? name : `${name}-${count}`;
      if (!Object.hasOwn(this._document.nodes, id)) {
        return id;
      }
    }
  }

  private readonly _document: TopologyDocument;
}
