import path from 'node:path';
import {
  predictSchema,
  trainSchema
} from '@jupyterlab-deep/kernel-helpers/deepaas';
import { parseEndpoint } from '@jupyterlab-deep/kernel-helpers/deepaas/endpoint';
import { modelPathsIn } from '@jupyterlab-deep/kernel-helpers/deepaas/modelPaths';
import { makeDispatcher } from '@jupyterlab-deep/kernel-helpers/deepaas/network';
import {
  CheckFinding,
  CheckReport,
  CheckRequest,
  DeepError,
  Deployment,
  Run
} from '@jupyterlab-deep/protocol';
import { checkTyped } from '../../admin/addresses';
import type { Catalogue } from '../../catalogue/catalogue';
import type { Deployments } from '../../deployments/deployments';
import { parseModuleAddress } from '../../deployments/moduleAddress';
import { groupOf, memoryOfGroup } from '../../lifecycle/processes';
import { RunJournal } from '../../runs/journal';
import { saveResult } from '../../runs/results';
import { IWork, Running } from '../../runs/running';
import type { Store } from '../../store/store';
import { ANSWERS, LOAD } from './answerRules';
import { ARGUMENTS, SCHEMA, TRAININGS } from './argumentRules';
import { ISeen, Probe } from './probe';
import { ICheckContext, IRule, isObject, ISwagger, IVerdict } from './rule';
import { ISample, madeSample, ownSample } from './sample';
import { METADATA, WAYS } from './waysRules';

/** In the order in which they are looked at: what costs nothing before what computes. */
export const RULES: readonly IRule[] = [
  ...WAYS,
  ...METADATA,
  ...SCHEMA,
  ...ARGUMENTS,
  ...TRAININGS,
  ...ANSWERS,
  ...LOAD
];

/** The server that is checked. */
interface ISubject {
  endpoint: string;
  /** For people. */
  name: string;
  /** The path of its model, or its name, where it is known. */
  modelPath?: string;
  model?: string;
  deployment?: Deployment;
}

/** Checks of servers by the rules of the API; each is a run whose result is a report. */
export class Checks {
  constructor(private readonly _parts: Checks.IParts) {}

  /**
   * Begin one.
   *
   * @throws DeepError `invalid-request`, `not-found`, `address-refused`, `address-private`, `module-unreachable`
   */
  async begin(request: CheckRequest): Promise<Run> {
    const { journal, running } = this._parts;
    const subjects = await this._subjects(request);
    const [{ name, deployment }] = subjects;
    const id = RunJournal.newId();
    const run = journal.create(
      id,
      {
        kind: 'check',
        title: `Check of ${deployment?.title ?? name}`,
        module: deployment?.module,
        deployment: deployment?.id,
        arguments: { address: name }
      },
      []
    );
    void running.carryOut(id, work => this._check(subjects, work));
    return run;
  }

  private async _check(
    subjects: ISubject[],
    work: IWork
  ): Promise<Partial<Run>> {
    const startedAt = new Date().toISOString();
    work.update({ state: 'running', phase: 'Asking the server', startedAt });
    const since = performance.now();
    const { subject, dispatcher, probe } = await reach(subjects, work.signal);
    try {
      const context = await this._context(subject, probe);
      const findings: CheckFinding[] = [];
      for (const rule of RULES) {
        work.update({
          phase: rule.says,
          progress: {
            done: findings.length,
            total: RULES.length,
            unit: 'rules'
          }
        });
        findings.push(findingOf(rule, await rule.look(context)));
      }
      const report: CheckReport = {
        address: subject.name,
        model: context.model,
        checkedAt: startedAt,
        seconds: (performance.now() - since) / 1000,
        counts: countsOf(findings),
        findings
      };
      const content = JSON.stringify(report);
      const answer = { contentType: 'application/json', content };
      return { result: await saveResult(this._parts.store, work.id, answer) };
    } finally {
      await dispatcher.destroy();
    }
  }

  private async _subjects({
    address,
    deployment,
    model,
    allowPrivate
  }: CheckRequest): Promise<ISubject[]> {
    if ((address === undefined) === (deployment === undefined)) {
      throw new DeepError(
        'invalid-request',
        'Name either an address or a deployment.'
      );
    }
    if (deployment !== undefined) {
      return [await this._deployed(deployment)];
    }
    const understood = parseModuleAddress(address!);
    const policy = { allowPrivate, privateHosts: this._parts.privateHosts };
    await checkTyped(new URL(understood.endpoints[0]), policy);
    return understood.endpoints.map(endpoint => ({
      endpoint,
      name: endpoint,
      model: model ?? understood.model
    }));
  }

  private async _deployed(id: string): Promise<ISubject> {
    const { deployments } = this._parts;
    const { endpoint } = deployments.ready(id);
    const deployment = await deployments.get(id);
    await deployments.checkAddress(id);
    const isHere = endpoint.startsWith('unix:');
    return {
      endpoint,
      name: isHere ? `${deployment.title} on this machine` : endpoint,
      modelPath: deployment.modelPath,
      deployment
    };
  }

  private async _context(
    { endpoint, modelPath: known, model: wanted, deployment }: ISubject,
    probe: Probe
  ): Promise<ICheckContext> {
    const base = parseEndpoint(endpoint).basePath;
    const { json } = await probe.ask({ path: `${base}/swagger.json` });
    const swagger = isObject(json) ? (json as ISwagger) : undefined;
    const modelPath =
      known ?? (await findModel({ probe, base, swagger, wanted }));
    const predict = orUndefined(() => predictSchema(swagger, modelPath).schema);
    return {
      probe,
      base,
      swagger,
      modelPath,
      model: decodeURIComponent(modelPath.split('/').at(-2) ?? ''),
      predict,
      train: orUndefined(() => trainSchema(swagger, modelPath)?.schema ?? null),
      sample:
        (await this._ownSample(deployment)) ?? (predict && madeSample(predict)),
      memoryBytes: async () => memoryOfDeployment(deployment)
    };
  }

  /** The first example that the module brings along. */
  private async _ownSample(
    deployment: Deployment | undefined
  ): Promise<ISample | undefined> {
    if (!deployment) {
      return undefined;
    }
    const entry = await this._parts.catalogue
      .get(deployment.module)
      .catch(() => undefined);
    const [example] = entry?.module.examples ?? [];
    const { folder, exampleFiles = {} } = entry ?? {};
    if (!example || folder === undefined) {
      return undefined;
    }
    const files = Object.entries(exampleFiles)
      .filter(([key]) => key.startsWith(`${example.name}/`))
      .map(([key, file]): [string, string] => [
        key.slice(example.name.length + 1),
        path.join(folder, file)
      ]);
    return ownSample(example.arguments, Object.fromEntries(files));
  }
}

export namespace Checks {
  export interface IParts {
    catalogue: Catalogue;
    deployments: Deployments;
    journal: RunJournal;
    running: Running;
    store: Store;
    /** Hosts that the administrator allows. */
    privateHosts?: string[];
  }
}

async function reach(
  subjects: ISubject[],
  signal: AbortSignal
): Promise<{
  subject: ISubject;
  probe: Probe;
  dispatcher: Awaited<ReturnType<typeof makeDispatcher>>;
}> {
  let last: ISeen | undefined;
  for (const subject of subjects) {
    const endpoint = parseEndpoint(subject.endpoint);
    const dispatcher = await makeDispatcher({ endpoint });
    const probe = new Probe(subject.endpoint, dispatcher, signal);
    last = await probe.ask({ path: `${endpoint.basePath}/v2/models/` });
    if (last.status !== 0) {
      return { subject, probe, dispatcher };
    }
    await dispatcher.destroy();
  }
  throw new DeepError(
    'module-unreachable',
    `Nothing answers at ${subjects[0].name}: ${last?.answered.split('\n')[0]}.`,
    { hint: 'Check the address, and whether the server runs.' }
  );
}

async function findModel({
  probe,
  base,
  swagger,
  wanted
}: Pick<ICheckContext, 'probe' | 'base' | 'swagger'> & {
  wanted?: string;
}): Promise<string> {
  const { json } = await probe.ask({ path: `${base}/v2/models/` });
  const listed =
    isObject(json) && Array.isArray(json.models) ? json.models : [];
  const links = listed.flatMap(model =>
    isObject(model) && Array.isArray(model.links) ? model.links : []
  );
  const paths = [
    ...links.flatMap(link =>
      isObject(link) && link.rel === 'self' && typeof link.href === 'string'
        ? pathOf(link.href)
        : []
    ),
    ...(swagger ? modelPathsIn(swagger) : [])
  ];
  const all = [...new Set(paths)];
  const named = `/v2/models/${encodeURIComponent(wanted ?? '')}/`;
  const found =
    wanted === undefined ? all[0] : all.find(each => each.endsWith(named));
  if (wanted !== undefined && !found && all.length > 0) {
    throw new DeepError('not-found', `It has no model ${wanted}.`, {
      hint: `It has: ${all.map(each => each.split('/').at(-2)).join(', ')}.`
    });
  }
  return found ?? '';
}

/** Links may be whole addresses; only their path is used. */
const pathOf = (href: string): string[] => {
  const url = URL.parse(href, 'http://localhost');
  return url ? [url.pathname.replace(/\/?$/, '/')] : [];
};

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    // The rule on the description says so.
    return undefined;
  }
}

async function memoryOfDeployment(
  deployment: Deployment | undefined
): Promise<number | undefined> {
  if (deployment?.pid === undefined) {
    return undefined;
  }
  const group = await groupOf(deployment.pid);
  return group === undefined ? undefined : memoryOfGroup(group);
}

const findingOf = (
  { id, group, says, remedy }: IRule,
  { outcome, found, seen }: IVerdict
): CheckFinding => ({
  rule: id,
  group,
  says,
  outcome,
  found,
  ...(seen && { sent: seen.sent, answered: seen.answered }),
  ...((outcome === 'failed' || outcome === 'warning') && { remedy })
});

function countsOf(findings: CheckFinding[]): CheckReport['counts'] {
  const counts = { passed: 0, warning: 0, failed: 0, skipped: 0 };
  findings.forEach(({ outcome }) => (counts[outcome] += 1));
  return counts;
}
