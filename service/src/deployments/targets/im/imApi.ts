import { DeepError } from '@jupyterlab-deep/protocol';
import { isRecord, textOf } from '../shapes';
import { ITargetAnswer, jsonOf, TargetApi } from '../targetApi';
import { saidIn } from './said';

/** `state` of an infrastructure, and how many machines it has. */
export interface IInfrastructureState {
  state: string;
  machines: number;
}

type Method = 'GET' | 'POST' | 'DELETE';

interface ICall {
  method?: Method;
  path: string;
  query?: Record<string, string>;
  body?: string;
  act: string;
  signal: AbortSignal;
}

const NO_CREDENTIALS =
  /(No|Invalid) (authentication data|credentials|InfrastructureManager credentials|username|token)/i;

/** The REST interface of the Infrastructure Manager (2.0). What describes single machines holds their passwords: it is not asked for. */
export class ImApi {
  constructor(private readonly _api: TargetApi) {}

  get host(): string {
    return this._api.host;
  }

  /** @throws DeepError `target-unreachable`, `target-refused` where something else answers */
  async version(signal: AbortSignal): Promise<string> {
    const act = 'say its version';
    const answer = await this._call({ path: 'version', act, signal });
    const version = fieldOf(answer, 'version');
    if (typeof version !== 'string') {
      throw new DeepError(
        'target-refused',
        `What answers at ${this.host} is no Infrastructure Manager.`,
        {
          hint: 'Check the address of the target.',
          technical: answer.text.slice(0, 500)
        }
      );
    }
    return version;
  }

  /** Ids of all infrastructures of these credentials, the newest first. */
  async list(signal: AbortSignal): Promise<string[]> {
    const act = 'list your infrastructures';
    const answer = await this._call({ path: 'infrastructures', act, signal });
    const list = fieldOf(answer, 'uri-list');
    return (Array.isArray(list) ? list : [])
      .map(each => idOf(isRecord(each) ? each.uri : each))
      .filter(id => id !== '');
  }

  /** @returns its id; it is made in the background. */
  async create(tosca: string, signal: AbortSignal): Promise<string> {
    const answer = await this._call({
      method: 'POST',
      path: 'infrastructures',
      query: { async: '1' },
      body: tosca,
      act: 'make the infrastructure',
      signal
    });
    const id = idOf(fieldOf(answer, 'uri'));
    if (id === '') {
      throw new DeepError(
        'target-refused',
        `The Infrastructure Manager at ${this.host} took the template and named no infrastructure.`,
        { technical: answer.text.slice(0, 2000) }
      );
    }
    return id;
  }

  /** Undefined: it knows none of this id, or it belongs to somebody else; the two cannot be told apart. */
  async state(
    id: string,
    signal: AbortSignal
  ): Promise<IInfrastructureState | undefined> {
    const found = await this._property(id, 'state', signal);
    if (!isRecord(found)) {
      return undefined;
    }
    const machines = isRecord(found.vm_states) ? found.vm_states : {};
    return {
      state: String(found.state ?? 'unknown'),
      machines: Object.keys(machines).length
    };
  }

  /** The log of its configuration so far. */
  async log(id: string, signal: AbortSignal): Promise<string | undefined> {
    return textOf(await this._property(id, 'contmsg', signal));
  }

  async tosca(id: string, signal: AbortSignal): Promise<string | undefined> {
    return textOf(await this._property(id, 'tosca', signal, [403]));
  }

  async outputs(
    id: string,
    signal: AbortSignal
  ): Promise<Record<string, unknown>> {
    const found = await this._property(id, 'outputs', signal, [403]);
    return isRecord(found) ? found : {};
  }

  /** Order the removal, which goes on in the background. `busy`: it makes machines just now and takes no order. */
  async remove(
    id: string,
    signal: AbortSignal
  ): Promise<'taken' | 'busy' | 'missing'> {
    const answer = await this._call(
      {
        method: 'DELETE',
        path: `infrastructures/${encodeURIComponent(id)}`,
        query: { async: '1' },
        act: 'remove the infrastructure',
        signal
      },
      [404, 409]
    );
    const meant = { 404: 'missing', 409: 'busy' } as const;
    return meant[answer.status as keyof typeof meant] ?? 'taken';
  }

  /** What is used of what there is at a cloud; undefined where it does not say. */
  async quotas(
    cloud: string,
    signal: AbortSignal
  ): Promise<Record<string, unknown> | undefined> {
    const answer = await this._call(
      {
        path: `clouds/${encodeURIComponent(cloud)}/quotas`,
        act: 'say what is used',
        signal
      },
      [400, 404, 500]
    );
    const found = fieldOf(answer, 'quotas');
    return isRecord(found) ? found : undefined;
  }

  private async _property(
    id: string,
    name: string,
    signal: AbortSignal,
    taken: number[] = []
  ): Promise<unknown> {
    const path = `infrastructures/${encodeURIComponent(id)}/${name}`;
    const act = `say the ${name} of the infrastructure`;
    const answer = await this._call({ path, act, signal }, [404, ...taken]);
    return answer.status === 200 ? fieldOf(answer, name) : undefined;
  }

  private async _call(
    call: ICall,
    taken: number[] = []
  ): Promise<ITargetAnswer> {
    const answer = await this._api.ask({
      ...call,
      method: call.method ?? 'GET',
      ...(call.body !== undefined && { contentType: 'text/yaml' })
    });
    const isGood = answer.status >= 200 && answer.status < 300;
    if (isGood || taken.includes(answer.status)) {
      return answer;
    }
    throw this._refusal(answer, call.act);
  }

  private _refusal(answer: ITargetAnswer, act: string): DeepError {
    const { words, technical } = saidIn(answer);
    const begin = `The Infrastructure Manager at ${this.host} did not ${act}`;
    const isAboutCredentials =
      answer.status === 401 || NO_CREDENTIALS.test(words);
    if (isAboutCredentials) {
      return new DeepError(
        'account-needed',
        `${begin}: it does not take these credentials. It says: ${words}`,
        {
          hint: 'Sign in again, or correct the credentials of this target.',
          technical
        }
      );
    }
    if (answer.status === 403 && /not granted/i.test(words)) {
      return new DeepError(
        'target-refused',
        `${begin}: it belongs to other credentials. It says: ${words}`,
        { hint: 'Use the credentials that it was made with.', technical }
      );
    }
    if (answer.status === 503 || answer.status === 429) {
      return new DeepError(
        'target-unreachable',
        `${begin}: it is busy. It says: ${words}`,
        { technical }
      );
    }
    return new DeepError('target-refused', `${begin}. It says: ${words}`, {
      technical
    });
  }
}

const fieldOf = (answer: ITargetAnswer, name: string): unknown => {
  const json = jsonOf(answer);
  return isRecord(json) ? json[name] : undefined;
};

/** The last part of its address: that of its host is of no interest, since a proxy may stand before it. */
const idOf = (uri: unknown): string =>
  typeof uri === 'string'
    ? (uri.replace(/\/+$/, '').split('/').pop() ?? '')
    : '';
