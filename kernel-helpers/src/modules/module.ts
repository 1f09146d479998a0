import type {
  Deployment,
  Module as CatalogueModule
} from '@jupyterlab-deep/protocol';
import { DeepError } from '@jupyterlab-deep/protocol';
import { modulePath } from '../catalogue';
import { service } from '../connection';
import { FileSource, IModuleDescription, ModuleClient } from '../deepaas';
import { display, fileOf } from '../display';
import { interruptible } from '../interrupt';
import { startModule } from './deployment';
import type { BatchRun, Evaluation } from '../runs';
import { beginTraining } from '../training/begin';
import type { TrainingRun } from '../training';
import { Description, describedAs } from './description';
import {
  evaluationRequest,
  IEvaluateArguments,
  IEvaluateOptions
} from './evaluate';
import { IManyOptions, ManyAnswer, predictEach } from './many';
import { Prediction } from './prediction';
import { beginBatch, ISubmitOptions, submitBatch } from './submit';
import { varyingIn } from './varying';

/** Options of calls that may take long. */
export interface IOptions {
  signal?: AbortSignal;
  timeoutMs?: number;
}

/** A file argument: a path relative to the notebook, bytes, or a source with a name of its own. */
export type FileArgument = string | Uint8Array | FileSource;

/** Values by argument name; file arguments as paths, bytes or sources. */
export interface IModuleArguments {
  [name: string]: unknown;
}

/** A running module. Made by `modules.open`. */
export class Module {
  constructor(
    /** Module id, or the address it was opened by. */
    readonly id: string,
    private _client: ModuleClient,
    private readonly _deployment?: Deployment
  ) {}

  /** What the module is, and which arguments predict and train take. */
  async describe(options: IOptions = {}): Promise<Description> {
    return interruptible(options.signal, async signal => {
      this._about = await this._reachable(client =>
        client.describe({ ...options, signal })
      );
      return describedAs(this._about, this.id);
    });
  }

  /**
   * Let the module predict.
   *
   * ```ts
   * const answer = await m.predict({ image: 'photos/leaf.jpg', top_k: 5 });
   * display(answer);
   * console.log(answer.top);
   * ```
   *
   * @throws DeepError `invalid-arguments` with `fields`, `not-found`, `module-failed`, `timeout`, `cancelled`.
   */
  async predict(
    args: IModuleArguments = {},
    options: IOptions & { accept?: string } = {}
  ): Promise<Prediction> {
    return interruptible(options.signal, async signal => {
      const line = display.progress(`${this.id} predicts`);
      let outcome = `${this.id} gave no answer`;
      try {
        const answer = await this._predict(args, { ...options, signal });
        outcome = `${this.id} answered`;
        return answer;
      } finally {
        line.end(outcome);
      }
    });
  }

  /**
   * Let the module predict many files: for one file argument a folder, a glob or a list of paths is given. Answers come in
   * order of completion; a file that fails has an error instead of a prediction, and the others go on. Directly between
   * this kernel and the module: see `submit` for work that outlives the kernel.
   *
   * ```ts
   * for await (const { path, prediction } of m.predictMany({ image: 'photos/*.jpg', top_k: 3 })) {
   *   console.log(path, prediction?.top?.label);
   * }
   * ```
   *
   * @throws DeepError `invalid-arguments` unless one argument names many files; `cancelled`.
   */
  async *predictMany(
    args: IModuleArguments,
    options: IManyOptions = {}
  ): AsyncGenerator<ManyAnswer> {
    const about = await this._described(options);
    const { accept, timeoutMs } = options;
    yield* predictEach(
      `${this.id} predicts`,
      varyingIn(args, about),
      (each, signal) => this._predict(each, { accept, timeoutMs, signal }),
      options
    );
  }

  /**
   * Hand the prediction of many files to the service: a run with its results in files, which outlives this kernel.
   *
   * ```ts
   * const run = await m.submit({ image: 'photos', top_k: 3 });
   * await run.watch();
   * ```
   *
   * @throws DeepError `invalid-arguments` with `fields`; `invalid-request` of a module that was opened by its address.
   */
  async submit(
    args: IModuleArguments,
    options: ISubmitOptions = {}
  ): Promise<BatchRun> {
    if (!this._deployment) {
      throw unknownToService(this.id, 'open it by its id; or use predictMany');
    }
    const about = await this._described(options);
    return submitBatch(this._deployment.module, args, about, options);
  }

  /**
   * Let the module learn from your data: a run that outlives this kernel. Data are given as a dataset
   * (`await storage.dataset('cloud:plants')`) or as the path of a folder, relative to the notebook.
   *
   * ```ts
   * const run = await m.train({ data: 'pictures', epochs: 10 });
   * await run.watch();
   * const mine = await run.model();
   * ```
   *
   * @throws DeepError `invalid-arguments` with `fields`; `module-not-implemented` of a module that cannot be trained;
   * `invalid-request` of a module that was opened by its address.
   */
  async train(
    args: IModuleArguments = {},
    options: IOptions = {}
  ): Promise<TrainingRun> {
    const deployment = this._deployment;
    if (!deployment) {
      throw unknownToService(this.id, 'open it by its id');
    }
    const isHere = deployment.target === 'process';
    return interruptible(options.signal, signal =>
      beginTraining(deployment.module, args, isHere, signal)
    );
  }

  /**
   * Let the module predict files whose classes are known, and say how often it is right. The data are a dataset, a folder
   * with a folder for each class, or a list with the columns `file` and `label`; paths are relative to the notebook. The
   * work is a run that outlives this kernel: after a stop of the cell `runs.open(id)` finds it, and its `evaluation()`.
   *
   * ```ts
   * const { accuracy, worst } = await mine.evaluate({ data: 'pictures/test' });
   * ```
   *
   * @throws DeepError `invalid-arguments` where no file has a label; `module-not-implemented` of a module that is no
   * classifier; `invalid-request` of a module that was opened by its address.
   */
  async evaluate(
    args: IEvaluateArguments,
    options: IEvaluateOptions = {}
  ): Promise<Evaluation> {
    if (!this._deployment) {
      throw unknownToService(this.id, 'open it by its id');
    }
    const about = await this._described(options);
    const { module } = this._deployment;
    const body = evaluationRequest(module, args, about, options);
    const run = await beginBatch(body, options.signal);
    await run.watch(options);
    return run.evaluation(options);
  }

  /**
   * Arguments of an example that the module brings along, its files included; the first one without a name.
   *
   * @throws DeepError `not-found`.
   */
  async example(
    name?: string,
    { signal }: IOptions = {}
  ): Promise<IModuleArguments> {
    const found = await this._example(name, signal);
    const path = `${modulePath(this.id)}/examples/${encodeURIComponent(found.name)}`;
    const files = Object.entries(found.files).map(
      async ([argument, { filename, contentType }]) => {
        const { body } = await service.request(
          `${path}/${encodeURIComponent(argument)}`,
          { signal }
        );
        return [argument, { data: body, filename, contentType }];
      }
    );
    return {
      ...found.arguments,
      ...Object.fromEntries(await Promise.all(files))
    };
  }

  /** Close the connections of this notebook. The module goes on running for others. */
  async close(): Promise<void> {
    await this._client.close();
  }

  private async _predict(
    args: IModuleArguments,
    options: IOptions & { accept?: string }
  ): Promise<Prediction> {
    const { values, files } = separate(args, await this._described(options));
    const reply = await this._reachable(client =>
      client.predict(values, files, options)
    );
    return new Prediction(reply, Object.values(files)[0]);
  }

  /**
   * Call the module; one that ended meanwhile (after its idle time) is started again, which its progress line shows.
   * Only when it never had the whole request: then no call can have been lost half way.
   */
  private async _reachable<T>(
    call: (client: ModuleClient) => Promise<T>
  ): Promise<T> {
    try {
      return await call(this._client);
    } catch (error) {
      if (!this._deployment || !isGone(error)) {
        throw error;
      }
      await this._client.close();
      this._client = clientOf(await startModule(this._deployment.module));
      return call(this._client);
    }
  }

  private async _described(options: IOptions): Promise<IModuleDescription> {
    this._about ??= await this._reachable(client => client.describe(options));
    return this._about;
  }

  private async _example(
    name: string | undefined,
    signal: AbortSignal | undefined
  ): Promise<CatalogueModule['examples'][number]> {
    const { examples } = await service.json<CatalogueModule>(
      modulePath(this.id),
      { signal }
    );
    const found = name
      ? examples.find(example => example.name === name)
      : examples[0];
    if (!found) {
      const names = examples.map(example => example.name).join(', ');
      throw new DeepError(
        'not-found',
        `${this.id} has no example${name ? ` “${name}”` : ''}.`,
        { hint: names ? `It has: ${names}.` : 'Give a file of your own.' }
      );
    }
    return found;
  }

  private _about?: IModuleDescription;
}

const unknownToService = (id: string, then: string): DeepError =>
  new DeepError(
    'invalid-request',
    `The service does not know the module at ${id}.`,
    {
      hint: `Take “Connect to a running module…” in the DEEP panel and ${then}.`
    }
  );

/** The client of a ready deployment. */
export function clientOf({
  id,
  title,
  target,
  endpoint,
  modelPath
}: Deployment): ModuleClient {
  if (!endpoint) {
    throw new DeepError(
      'internal',
      `Deployment ${id} is ready without an address.`
    );
  }
  // Whose socket it is says nothing to people; whose server does.
  const name = target === 'process' ? title : undefined;
  return new ModuleClient({ endpoint, modelPath, name });
}

/** EPIPE: it ended behind a connection that was still open, and never had the whole request. */
const GONE = ['ECONNREFUSED', 'ENOENT', 'EPIPE'];

function isGone(error: unknown): boolean {
  const { code } = ((error as Error).cause ?? {}) as { code?: string };
  // A file of one's own may be missing for the same reasons.
  const isOfModule =
    error instanceof DeepError && error.key === 'module-unreachable';
  return isOfModule && GONE.includes(code ?? '');
}

/** Which arguments are files is the module's to say. */
function separate(
  args: IModuleArguments,
  { predict }: IModuleDescription
): { values: IModuleArguments; files: Record<string, FileSource> } {
  const files: Record<string, FileSource> = {};
  const values: IModuleArguments = {};
  for (const [name, value] of Object.entries(args)) {
    const isFile = predict.properties?.[name]?.format === 'file';
    if (isFile && isFileArgument(value)) {
      files[name] = fileOf(value, name);
    } else {
      values[name] = value;
    }
  }
  return { values, files };
}

const isFileArgument = (value: unknown): value is FileArgument =>
  typeof value === 'string' ||
  value instanceof Uint8Array ||
  (typeof value === 'object' &&
    value !== null &&
    ('path' in value || 'data' in value));
