import { moduleConfiguration, toolConfiguration } from './configuration.ts';
import type { IConfiguration } from './configuration.ts';
import type { IRequest } from './contract.ts';
import type { IJob, Kind } from './jobs.ts';
import { checkValues, isStorageGiven, mergedWith, Refusal } from './rules.ts';
import type { IUser, Parts } from './server.ts';
import { viewOf } from './view.ts';

type Asked = IRequest & {
  parts: Record<string, string>;
  user?: IUser;
};

const MODULES = ['plants', 'seeds', 'ai4os-demo-app'];
const TOOLS = ['ai4os-federated-server'];
const ORGANISATIONS = [
  'vo.ai4eosc.eu',
  'vo.imagine-ai.eu',
  'vo.ai4life.eu',
  'tutorials'
];
/** From low to high. */
const LEVELS = ['ap-a', 'ap-a1', 'ap-b', 'ap-u', 'ap-d'];
const TRY_ME_VO = 'vo.ai4eosc.eu';
const TRY_MES_A_USER = 3;

const KINDS: Record<string, Kind> = {
  'deployments/modules': 'module',
  'deployments/tools': 'tool',
  batch: 'batch',
  'try_me/nomad': 'try'
};

/** The answer to a request that the document allows. */
export function answer(papi: Parts, asked: Asked): unknown {
  const path = asked.path.replace(/^\/v1\//, '');
  const config = /^catalog\/(modules|tools)\/([^/]+)\/config$/.exec(path);
  if (config) {
    return configurationOf(config[2]!, config[1]!, asked.query.get('vo')!);
  }
  if (path === 'deployments/stats/cluster') {
    return clusterStats(papi);
  }
  const root = Object.keys(KINDS).find(
    each => path === each || path.startsWith(`${each}/`)
  );
  if (!root) {
    throw new Refusal(404, 'This stand-in has no such route.');
  }
  const kind = KINDS[root]!;
  const id = path === root ? undefined : asked.parts.deployment_uuid;
  if (id === undefined) {
    return asked.method === 'GET'
      ? list(papi, asked, kind)
      : create(papi, asked, kind);
  }
  const job = find(papi, asked, kind, id);
  if (asked.method === 'DELETE') {
    papi.jobs.delete(job);
    return { status: 'success' };
  }
  const isFull = asked.query.get('full_info') !== 'false';
  return viewOf(job, isFull, papi.apiOf);
}

function configurationOf(
  name: string,
  catalogue: string,
  vo: string
): IConfiguration {
  const names = catalogue === 'tools' ? TOOLS : MODULES;
  if (!names.includes(name)) {
    throw new Refusal(
      400,
      `${name} is not an available ${catalogue.slice(0, -1)}.`
    );
  }
  return catalogue === 'tools'
    ? toolConfiguration()
    : moduleConfiguration(name, vo);
}

/** Without `vos` the real one fails inside. */
function list(papi: Parts, asked: Asked, kind: Kind): unknown {
  const isFull = asked.query.get('full_info') === 'true';
  const vos = kind === 'try' ? [TRY_ME_VO] : asked.query.getAll('vos');
  if (vos.length === 0) {
    throw new Error('vos is None');
  }
  const known = vos.filter(vo => ORGANISATIONS.includes(vo));
  if (known.length === 0) {
    throw new Refusal(
      401,
      `Your VOs do not match available VOs: ${JSON.stringify(ORGANISATIONS)}.`
    );
  }
  return known
    .flatMap(vo => {
      check(asked.user!, vo, kind);
      return papi.jobs.listed(asked.user!.sub, vo, kind);
    })
    .map(job => viewOf(job, isFull, papi.apiOf));
}

/** A user without a role makes the real one fail inside; one with too low a level is refused. */
function check({ levels }: IUser, vo: string, kind: Kind): void {
  if (kind === 'try') {
    return;
  }
  const level = levels[vo];
  if (level === undefined) {
    throw new Error('no role');
  }
  if (LEVELS.indexOf(level) < LEVELS.indexOf('ap-u')) {
    throw new Refusal(
      401,
      `Your access level (${level}) is not high enough to perform this action. You need at least ap-u.`
    );
  }
}

function find(papi: Parts, asked: Asked, kind: Kind, id: string): IJob {
  const vo = kind === 'try' ? TRY_ME_VO : asked.query.get('vo')!;
  check(asked.user!, vo, kind);
  const job = papi.jobs.get(id);
  if (!job || job.vo !== vo || job.kind !== kind) {
    throw new Refusal(400, 'No deployment exists with this uuid.');
  }
  if (job.owner !== asked.user!.sub) {
    throw new Refusal(400, 'You are not the owner of that deployment.');
  }
  return job;
}

function create(papi: Parts, asked: Asked, kind: Kind): unknown {
  const owner = asked.user!.sub;
  const made =
    kind === 'try'
      ? tryMe(papi, asked, owner)
      : configured(papi, asked, kind, owner);
  const refused = papi.switches.schedulerSays;
  if (refused !== undefined) {
    return { status: 'fail', error_msg: refused };
  }
  return { status: 'success', job_ID: papi.jobs.add(made).id };
}

type NewJob = Parameters<Parts['jobs']['add']>[0];

function tryMe(papi: Parts, asked: Asked, owner: string): NewJob {
  const name = asked.query.get('module_name')!;
  if (!MODULES.includes(name)) {
    throw new Refusal(404, 'The metadata of that item was not found.');
  }
  if (papi.switches.tryMeFull) {
    throw new Refusal(
      503,
      'Sorry, but there seem to be no resources available right now to test the module. Please try later.'
    );
  }
  if (papi.jobs.listed(owner, TRY_ME_VO, 'try').length >= TRY_MES_A_USER) {
    throw new Refusal(
      503,
      `Sorry, but you seem to be currently running ${TRY_MES_A_USER} \`try-me\` environments already.`
    );
  }
  const title = asked.query.get('title') ?? '';
  return {
    kind: 'try',
    vo: TRY_ME_VO,
    owner,
    configuration: { general: { title, docker_image: `ai4oshub/${name}` } }
  };
}

function configured(
  papi: Parts,
  asked: Asked,
  kind: Kind,
  owner: string
): NewJob {
  const vo = asked.query.get('vo')!;
  check(asked.user!, vo, kind);
  const form = asked.body as { conf?: string; user_cmd?: string };
  const configuration =
    kind === 'tool'
      ? configurationOf(asked.query.get('tool_name')!, 'tools', vo)
      : moduleConfiguration('plants', vo);
  const values = mergedWith(
    configuration,
    kind === 'batch' ? conf(form.conf) : (asked.body as never)
  );
  const gpus = papi.jobs.all
    .filter(job => job.owner === owner && job.status !== 'dead')
    .reduce(
      (sum, job) => sum + Number(job.configuration.hardware?.gpu_num ?? 0),
      0
    );
  checkValues(values, configuration, gpus);
  if (papi.switches.secretStoreDown) {
    throw new Error('vault');
  }
  if (kind === 'batch' && !isStorageGiven(values)) {
    throw new Refusal(
      401,
      'You must provide a storage when running batch jobs.'
    );
  }
  const script = kind === 'batch' ? { script: form.user_cmd } : {};
  return { kind, vo, owner, configuration: values, ...script };
}

function conf(text: string | undefined): never {
  try {
    return JSON.parse(text ?? '{}') as never;
  } catch {
    throw new Refusal(400, 'conf parameter must be a valid JSON string');
  }
}

const clusterStats = ({ jobs }: Parts) => ({
  datacenters: {},
  cluster: {
    jobs_num: jobs.all.length,
    cpu_total: 100,
    cpu_used: 40,
    gpu_total: 12,
    gpu_used: 9,
    ram_total: 400_000,
    ram_used: 100_000,
    gpu_models: { 'Tesla T4': { gpu_total: 12, gpu_used: 9 } }
  }
});
