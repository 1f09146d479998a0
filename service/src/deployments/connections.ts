import { randomBytes } from 'node:crypto';
import {
  IModuleDescription,
  ModuleClient
} from '@jupyterlab-deep/kernel-helpers/deepaas';
import {
  ConnectionRequest,
  DeepError,
  Deployment,
  Module
} from '@jupyterlab-deep/protocol';
import { checkTyped, IAddressPolicy } from '../admin/addresses';
import { CONNECTED, describeConnected, freeName } from './connectedModule';
import { ConnectionLife } from './connectionLife';
import { parseModuleAddress } from './moduleAddress';
import { IOfferedModel, listModels, mayBeOtherScheme } from './modelList';
import { DeploymentRecords, IConnection, isLive } from './records';
import { readApi } from './serverApi';

/** A model and the server that has it. */
interface IFound {
  endpoint: string;
  model: IOfferedModel;
}

/** Modules that run somewhere else, at addresses that people typed. */
export class Connections {
  /** @param _privateHosts Hosts that the administrator allows. */
  constructor(
    private readonly _records: DeploymentRecords,
    private readonly _privateHosts: string[] | undefined
  ) {}

  get(id: string): ConnectionLife | undefined {
    return this._lives.get(id);
  }

  get all(): ConnectionLife[] {
    return [...this._lives.values()];
  }

  /** What they are that no catalogue has. */
  get modules(): Module[] {
    const modules = this._live().flatMap(
      ({ id }) => this._records.connection(id)?.module ?? []
    );
    return [...new Map(modules.map(module => [module.id, module])).values()];
  }

  /**
   * Ask a server, and remember it once its API has answered. One that is known already is asked again.
   *
   * @param module The module of a catalogue that it is.
   * @throws DeepError `address-refused`, `address-private`, `invalid-arguments` with the names of the models in `fields.model`,
   * `module-unreachable`, `timeout`, `cancelled`, `no-space`
   */
  async connect(
    request: ConnectionRequest,
    module: Module | undefined,
    signal?: AbortSignal
  ): Promise<Deployment> {
    const { endpoints, model } = parseModuleAddress(request.address);
    const allowPrivate = request.allowPrivate ?? false;
    const server = await this._findServer(endpoints, allowPrivate, signal);
    const wanted = request.model ?? model;
    const found = {
      endpoint: server.endpoint,
      model: choose(server.models, wanted, server.endpoint)
    };
    const client = new ModuleClient({
      endpoint: found.endpoint,
      modelPath: found.model.path
    });
    const about = await readApi(client, signal);
    const known = this._known(found, module, allowPrivate);
    if (known) {
      await this._lives.get(known.id)?.ask();
      return this._records.get(known.id) as Deployment;
    }
    return this._add(found, about, { allowPrivate, module });
  }

  /** Take up what an earlier service was connected to. */
  restore({ id, endpoint = '', modelPath = '' }: Deployment): void {
    const phase = 'Asking whether it answers';
    this._records.update(id, { state: 'starting', phase });
    void this._hold(id, endpoint, modelPath).ask();
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map(life => life.close()));
  }

  private async _findServer(
    endpoints: string[],
    allowPrivate: boolean,
    signal?: AbortSignal
  ): Promise<{ endpoint: string; models: IOfferedModel[] }> {
    const [endpoint, ...others] = endpoints;
    try {
      await checkTyped(new URL(endpoint), this._policy(allowPrivate));
      return { endpoint, models: await listModels(endpoint, signal) };
    } catch (error) {
      if (others.length === 0 || !mayBeOtherScheme(error)) {
        throw error;
      }
      return this._findServer(others, allowPrivate, signal);
    }
  }

  /** The connection that there is to the same model for the same module. One that lacks the user's word gives way. */
  private _known(
    { endpoint, model }: IFound,
    module: Module | undefined,
    allowPrivate: boolean
  ): Deployment | undefined {
    const known = this._live().find(
      each =>
        each.endpoint === endpoint &&
        each.modelPath === model.path &&
        (module
          ? each.module === module.id
          : each.module.startsWith(`${CONNECTED}/`))
    );
    const isAllowed = known && this._records.connection(known.id)?.allowPrivate;
    if (known && allowPrivate && !isAllowed) {
      this._lives.get(known.id)?.stop();
      return undefined;
    }
    return known;
  }

  private _add(
    { endpoint, model }: IFound,
    about: IModuleDescription,
    { allowPrivate, module }: IConnection
  ): Deployment {
    const own = module ?? this._describe(model.name, endpoint, about);
    const now = new Date().toISOString();
    const deployment: Deployment = {
      id: randomBytes(5).toString('hex'),
      module: own.id,
      title: own.title,
      target: 'address',
      state: 'ready',
      phase: '',
      since: now,
      createdAt: now,
      readyAt: now,
      endpoint,
      modelPath: about.modelPath
    };
    const isUnknown = own.source === CONNECTED;
    this._records.add(deployment, {
      allowPrivate,
      ...(isUnknown && { module: own })
    });
    this._hold(deployment.id, endpoint, about.modelPath, about);
    return deployment;
  }

  private _describe(
    model: string,
    endpoint: string,
    about: IModuleDescription
  ): Module {
    const taken = new Set(this.modules.map(({ name }) => name));
    return describeConnected(freeName(model, endpoint, taken), model, about);
  }

  private _hold(
    id: string,
    endpoint: string,
    modelPath: string,
    about?: IModuleDescription
  ): ConnectionLife {
    const records = this._records;
    const { allowPrivate = false } = records.connection(id) ?? {};
    const check = (): Promise<void> =>
      checkTyped(new URL(endpoint), this._policy(allowPrivate));
    const life = new ConnectionLife({
      id,
      endpoint,
      modelPath,
      records,
      check,
      about
    });
    this._lives.set(id, life);
    void life.ended.then(() => this._lives.delete(id));
    return life;
  }

  private _live(): Deployment[] {
    return this._records
      .list()
      .filter(each => each.target === 'address' && isLive(each));
  }

  private _policy(allowPrivate: boolean): IAddressPolicy {
    return { allowPrivate, privateHosts: this._privateHosts };
  }

  private readonly _lives = new Map<string, ConnectionLife>();
}

function choose(
  models: IOfferedModel[],
  wanted: string | undefined,
  endpoint: string
): IOfferedModel {
  const names = models.map(({ name }) => name);
  const chosen =
    wanted === undefined && models.length === 1
      ? models[0]
      : models.find(({ name }) => name === wanted);
  if (!chosen) {
    const { host } = new URL(endpoint);
    const lacks = wanted === undefined ? '' : ` and no “${wanted}”`;
    throw new DeepError(
      'invalid-arguments',
      `${host} has ${names.length === 1 ? 'one model' : `${names.length} models`}${lacks}: ${names.join(', ')}.`,
      { hint: 'Say which one it shall be.', fields: { model: names } }
    );
  }
  return chosen;
}
