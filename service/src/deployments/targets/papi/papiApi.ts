import type { FormData } from 'undici';
import { DeepError } from '@jupyterlab-deep/protocol';
import { isRecord, textOf } from '../shapes';
import { ITargetAnswer, jsonOf, TargetApi } from '../targetApi';
import { IPapiJob, jobOf } from './jobs';

/** Where the platform keeps its kinds of jobs. */
export const ROUTES = {
  module: 'deployments/modules',
  tool: 'deployments/tools',
  try: 'try_me/nomad',
  batch: 'batch'
} as const;
export type Kind = keyof typeof ROUTES;

/** A job at the platform; trying needs no organisation. */
export interface IPlace {
  kind: Kind;
  vo: string;
}

interface ICall {
  method?: 'GET' | 'POST' | 'DELETE';
  path: string;
  query?: Record<string, string | readonly string[]>;
  json?: unknown;
  form?: FormData;
  act: string;
  signal: AbortSignal;
}

const UNKNOWN_JOB = /No deployment exists|not the owner of that deployment/i;
const UNKNOWN_MODULE = /is not an available|metadata of that item/i;
/** The platform answers 401 to some wishes that have nothing to do with the sign-in. */
const NO_SIGN_IN = /storage|snapshot|harbor|domain/i;
const MAX_SHOWN = 600;

/** The platform API of AI4EOSC, version 1. */
export class PapiApi {
  constructor(private readonly _api: TargetApi) {}

  get host(): string {
    return this._api.host;
  }

  /** The form of a module or tool; undefined where the platform has none of this name. */
  async configuration(
    kind: 'module' | 'tool',
    name: string,
    vo: string,
    signal: AbortSignal
  ): Promise<unknown> {
    const answer = await this._call(
      {
        path: `catalog/${kind}s/${encodeURIComponent(name)}/config`,
        query: { vo },
        act: `describe the form of ${name}`,
        signal
      },
      ({ status, text }) =>
        status === 404 || (status === 400 && UNKNOWN_MODULE.test(text))
    );
    return answer.status === 200 ? jsonOf(answer) : undefined;
  }

  /** All jobs of the user; `vos` is always sent, because the platform fails inside without it. */
  async list(
    kind: Kind,
    vos: readonly string[],
    signal: AbortSignal
  ): Promise<IPapiJob[]> {
    const answer = await this._call({
      path: ROUTES[kind],
      query: { ...(kind !== 'try' && { vos }), full_info: 'false' },
      act: 'list your deployments',
      signal
    });
    const found = jsonOf(answer);
    return (Array.isArray(found) ? found : []).flatMap(each => {
      const job = jobOf(each);
      return job ? [job] : [];
    });
  }

  /** @returns its id. */
  async create(
    { kind, vo }: IPlace,
    what: Pick<ICall, 'json' | 'form' | 'query'>,
    signal: AbortSignal
  ): Promise<string> {
    const answer = await this._call({
      ...what,
      method: 'POST',
      path: ROUTES[kind],
      query: { ...(kind !== 'try' && { vo }), ...what.query },
      act: 'begin the deployment',
      signal
    });
    const said = successOf(answer, 'begin the deployment', this.host);
    const id = textOf(said.job_ID);
    if (id === undefined) {
      throw new DeepError(
        'target-refused',
        `The platform at ${this.host} says that it began the deployment and names no job.`,
        { technical: answer.text.slice(0, MAX_SHOWN) }
      );
    }
    return id;
  }

  /** The job with its endpoints, looked at by the platform now; undefined where it knows none. */
  async job(
    { kind, vo }: IPlace,
    id: string,
    signal: AbortSignal
  ): Promise<IPapiJob | undefined> {
    const answer = await this._call(
      {
        path: `${ROUTES[kind]}/${encodeURIComponent(id)}`,
        query: { ...(kind !== 'try' && { vo }), full_info: 'true' },
        act: 'say how the deployment stands',
        signal
      },
      isUnknownJob
    );
    return answer.status === 200 ? jobOf(jsonOf(answer)) : undefined;
  }

  /** Order the end of a job. False: it knows none. */
  async delete(
    { kind, vo }: IPlace,
    id: string,
    signal: AbortSignal
  ): Promise<boolean> {
    const answer = await this._call(
      {
        method: 'DELETE',
        path: `${ROUTES[kind]}/${encodeURIComponent(id)}`,
        query: kind === 'try' ? {} : { vo },
        act: 'end the deployment',
        signal
      },
      isUnknownJob
    );
    if (answer.status !== 200) {
      return false;
    }
    successOf(answer, 'end the deployment', this.host);
    return true;
  }

  /** What is used of the whole platform; undefined where it does not say. */
  async clusterStats(vo: string, signal: AbortSignal): Promise<unknown> {
    const answer = await this._call(
      {
        path: 'deployments/stats/cluster',
        query: { vo },
        act: 'say what is used',
        signal
      },
      () => true
    );
    return answer.status === 200 ? jsonOf(answer) : undefined;
  }

  private async _call(
    call: ICall,
    isTaken: (answer: ITargetAnswer) => boolean = () => false
  ): Promise<ITargetAnswer> {
    const { json, form, method = 'GET', path, query, act, signal } = call;
    const answer = await this._api.ask({
      method,
      path: `v1/${path}`,
      query,
      act,
      signal,
      ...(json !== undefined && {
        body: JSON.stringify(json),
        contentType: 'application/json'
      }),
      ...(form && { body: form })
    });
    if (answer.status === 200 || isTaken(answer)) {
      return answer;
    }
    throw refusalOf(answer, act, this.host);
  }
}

const isUnknownJob = ({ status, text }: ITargetAnswer): boolean =>
  status === 404 || (status === 400 && UNKNOWN_JOB.test(text));

/** The status is 200 in both cases: the body says whether it was done. */
function successOf(
  answer: ITargetAnswer,
  act: string,
  host: string
): Record<string, unknown> {
  const json = jsonOf(answer);
  const said = isRecord(json) ? json : {};
  if (said.status !== 'success') {
    const words = textOf(said.error_msg) ?? answer.text.slice(0, MAX_SHOWN);
    throw new DeepError(
      'target-refused',
      `The platform at ${host} did not ${act}. It says: ${words}`,
      { hint: 'Try it again later, or ask the support of the platform.' }
    );
  }
  return said;
}

/** Its own words: a sentence, or a list of what is wrong with the request. */
function wordsIn(answer: ITargetAnswer): string {
  const json = jsonOf(answer);
  const detail = isRecord(json) ? json.detail : undefined;
  if (Array.isArray(detail)) {
    return detail
      .filter(isRecord)
      .map(({ loc, msg }) => `${[loc].flat().join('.')}: ${String(msg)}`)
      .join('; ');
  }
  return String(detail ?? answer.text).slice(0, MAX_SHOWN);
}

function refusalOf(
  answer: ITargetAnswer,
  act: string,
  host: string
): DeepError {
  const { status } = answer;
  const words = wordsIn(answer);
  const begin = `The platform at ${host} did not ${act}`;
  const technical = `${status} ${answer.text.slice(0, 2000)}`;
  const says = words ? ` It says: ${words}` : '';
  switch (status) {
    case 401:
      return NO_SIGN_IN.test(words)
        ? new DeepError('target-refused', `${begin}.${says}`, { technical })
        : new DeepError(
            'account-needed',
            `${begin}: your sign-in has ended, or does not allow it.${says}`,
            {
              hint: 'Sign in again. If that does not help, your level of access in this virtual organisation is too low: ask the platform for another.',
              technical
            }
          );
    case 403:
      return new DeepError(
        'account-needed',
        `${begin}: it was given no sign-in.${says}`,
        { hint: 'Sign in to AI4EOSC.', technical }
      );
    case 500:
      return new DeepError('target-refused', `${begin}: it failed inside.`, {
        hint: 'It does so when your account has no role in the virtual organisation, and while its store of secrets is down. Choose another organisation, or try it later.',
        technical
      });
    case 503:
      return new DeepError('target-refused', `${begin} now.${says}`, {
        hint: 'Try it again later.',
        technical
      });
    default:
      return new DeepError('target-refused', `${begin}.${says}`, { technical });
  }
}
