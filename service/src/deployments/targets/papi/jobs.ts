import { isRecord, textOf } from '../shapes';
import { IJobObserved, IObserved } from '../target';

/** A job as the platform describes it. */
export interface IPapiJob {
  id: string;
  title: string;
  status: string;
  /** Addresses by name; those that are not known yet are left out. */
  endpoints: Record<string, string>;
  /** Names of those that answer; undefined where nobody has looked. */
  active?: string[];
  /** The name of the one that it is for: `api`, `ide` of JupyterLab, `ui` of a trial. */
  main?: string;
  gpus: number;
  resources?: string;
  /** Its own words for a failure. */
  said?: string;
}

/** Read a job; undefined where it is none. */
export function jobOf(value: unknown): IPapiJob | undefined {
  const id = isRecord(value) ? textOf(value.job_ID) : undefined;
  if (!isRecord(value) || id === undefined) {
    return undefined;
  }
  const active = value.active_endpoints;
  const resources = isRecord(value.resources) ? value.resources : {};
  const said = textOf(value.error_msg);
  const main = textOf(value.main_endpoint);
  const words = resourcesOf(resources, textOf(value.datacenter));
  return {
    id,
    title: String(value.title ?? ''),
    status: String(value.status ?? ''),
    endpoints: endpointsOf(value.endpoints),
    ...(Array.isArray(active) && { active: active.map(String) }),
    ...(main && { main }),
    gpus: Number(resources.gpu_num) || 0,
    ...(words && { resources: words }),
    ...(said && { said })
  };
}

/** Before a machine was found, addresses hold its place or a word instead of a name. */
function endpointsOf(value: unknown): Record<string, string> {
  const found = Object.entries(isRecord(value) ? value : {});
  return Object.fromEntries(
    found.flatMap(([name, address]) => {
      const url = typeof address === 'string' ? URL.parse(address) : null;
      const isKnown =
        url &&
        /^https?:$/.test(url.protocol) &&
        !/[${}]|missing-endpoint/.test(String(address));
      return isKnown ? [[name, url.href.replace(/\/+$/, '')]] : [];
    })
  );
}

function resourcesOf(
  resources: Record<string, unknown>,
  datacenter: string | undefined
): string {
  const count = (name: string): number => Number(resources[name]) || 0;
  return [
    ...(count('cpu_num') > 0 ? [`${count('cpu_num')} CPUs`] : []),
    ...(count('gpu_num') > 0 ? [`${count('gpu_num')} GPUs`] : []),
    ...(count('memory_MB') > 0 ? [`${count('memory_MB')} MB of memory`] : []),
    ...(datacenter ? [`in ${datacenter}`] : [])
  ].join(', ');
}

/** The scheduler's states in words; what runs needs none. */
const WORDS: Record<string, string> = {
  queued: 'It waits in the queue of the platform.',
  starting: 'The platform starts it: its image may have to be fetched first.',
  running: '',
  down: 'The platform lost the connection to the machine that runs it.',
  complete: 'It ended.',
  failed: 'It failed.',
  error: 'The platform could not place it on any machine.',
  dead: 'It was ended at the platform.'
};

const ENDED = new Set(['complete', 'failed', 'error', 'dead']);
/** The DEEPaaS address leads to its page; the API is above. */
const PAGE = /\/ui$/;
const API = 'api';
const NO_ANSWER = 'Its container runs; what it is for does not answer yet.';
const NO_API =
  'It runs without the API of the module: in JupyterLab, deep-start --deepaas in a terminal starts that.';

/** How a job stands. What answers is trusted more than what the scheduler says. */
export function observationOf(job: IPapiJob): IObserved {
  const { status, active, main, said, resources } = job;
  const words = WORDS[status] ?? `The platform calls its state ${status}.`;
  const phase = said ? `${words} It says: ${said}` : words;
  const given = resources ? { resources } : {};
  if (ENDED.has(status)) {
    return { ...given, state: 'ended', phase: words, reason: phase };
  }
  const isAnswering = (name: string): boolean =>
    active?.includes(name) === true;
  const api = job.endpoints[API]?.replace(PAGE, '');
  const hasApi = isAnswering(API) || (!active && status === 'running');
  if (!hasApi && !(main && isAnswering(main))) {
    const isUp = status === 'running';
    return { ...given, state: 'waiting', phase: isUp ? NO_ANSWER : phase };
  }
  const pages = Object.fromEntries(
    Object.entries(job.endpoints).filter(
      ([name]) => name !== API && isAnswering(name)
    )
  );
  return {
    ...given,
    state: 'running',
    phase: hasApi ? '' : NO_API,
    // JupyterLab and trials are what they are for without it.
    ...(hasApi && api && { endpoint: api }),
    ...(Object.keys(pages).length > 0 && { pages })
  };
}

/** How a batch job stands. The scheduler's word is all there is: *complete* alone is success. */
export function jobObservationOf(job: IPapiJob): IJobObserved {
  const { status, said, resources } = job;
  const words = WORDS[status] ?? `The platform calls its state ${status}.`;
  const reason = said ? `${words} It says: ${said}` : words;
  return {
    state: JOB_STATES[status] ?? 'waiting',
    phase: status === 'running' ? 'It runs at the platform.' : reason,
    reason,
    ...(resources && { resources })
  };
}

const JOB_STATES: Record<string, IJobObserved['state']> = {
  running: 'running',
  complete: 'succeeded',
  failed: 'failed',
  error: 'failed',
  dead: 'ended'
};
