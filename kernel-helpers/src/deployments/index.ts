import { randomUUID } from 'node:crypto';
import type {
  Consent,
  Deployment,
  DeploymentRequest,
  JobRequest,
  Run,
  Target,
  TargetPlan,
  TargetRequest
} from '@jupyterlab-deep/protocol';
import { service } from '../connection';
import { shownAs } from '../display/bundle';
import { interruptible } from '../interrupt';
import { findRunOf, listRunsOf } from '../runs/runHandle';
import { DeploymentHandle } from './deploymentHandle';
import { JobRun } from './jobRun';
import {
  deploymentsBundle,
  jobsBundle,
  planBundle,
  targetsBundle
} from './shown';
import { DeployedModel, moduleIdOf } from './what';

export { DeploymentHandle } from './deploymentHandle';
export type { IDeploymentProgress, ILogOptions } from './deploymentHandle';
export { JobRun } from './jobRun';
export type { DeployedModel } from './what';

interface ICancellable {
  signal?: AbortSignal;
}

/** What is deployed, where, with what. */
export interface IDeploymentOptions extends ICancellable {
  /** The module, by its id or by anything that has one. */
  module?: DeployedModel;
  /** The same for what you made: a training, its model, a model folder. */
  model?: DeployedModel;
  /** Id of a target: `process`, `container`, … of those that `targets` lists. Without one: what runs already, else a process here. */
  target?: string;
  /** What it gets, of the options that `plan` lists, such as `{ memoryMb: 4000 }`. */
  resources?: Record<string, unknown>;
  /** Further options of that list. */
  options?: Record<string, unknown>;
  /** Commit, version or digest of code that you looked at and agree to run; or the whole consent. */
  consent?: string | Consent;
}

/** A script that a platform carries out, and in what. */
export interface IJobOptions extends Pick<
  IDeploymentOptions,
  'module' | 'resources' | 'options' | 'signal'
> {
  /** Id of a target that takes batch jobs: `targets` says which do. */
  target: string;
  /** Commands of bash, carried out once in the container of the module. */
  script: string;
}

/** Modules that run, here and elsewhere, and the places where they can. */
export const deployments = {
  /**
   * Begin a deployment. It goes on without this kernel; `ready` waits for it.
   *
   * ```ts
   * const d = await deployments.create({ module: 'builtin/image-classifier' });
   * await d.ready();
   * ```
   *
   * @throws DeepError `invalid-arguments`, `not-found`, `consent-needed` naming what to look at, `target-unreachable`, `account-needed`,
   * `target-refused` with the target's words, `no-space`.
   */
  async create(request: IDeploymentOptions): Promise<DeploymentHandle> {
    const { module, model, target, resources, options, consent } = request;
    return interruptible(request.signal, async signal => {
      const chosen = { ...resources, ...options };
      const body: DeploymentRequest = {
        module: await moduleIdOf(module, model, signal),
        target,
        options: Object.keys(chosen).length > 0 ? chosen : undefined,
        consent: typeof consent === 'string' ? { commit: consent } : consent,
        // The connection asks again when an answer was lost.
        requestId: randomUUID()
      };
      return new DeploymentHandle(
        await service.json<Deployment>('/deployments', {
          method: 'POST',
          body,
          signal
        })
      );
    });
  },

  /**
   * Have a script carried out at a platform, once. It goes on without this kernel; `watch` waits for its end.
   *
   * ```ts
   * const job = await deployments.submit({
   *   module: 'ai4eosc/plants', target: 'papi:ai4eosc', script: 'python train.py > /storage/log', options: { vo: 'vo.ai4eosc.eu' }
   * });
   * await job.watch();
   * ```
   * @throws DeepError `invalid-arguments`, `not-found`, `module-not-implemented` of a target that takes none, `target-unreachable`,
   * `account-needed`, `target-refused` with the target's words.
   */
  async submit(request: IJobOptions): Promise<JobRun> {
    const { module, target, script, resources, options } = request;
    return interruptible(request.signal, async signal => {
      const body: JobRequest = {
        module: await moduleIdOf(module, undefined, signal),
        script,
        options: { ...resources, ...options },
        // The connection asks again when an answer was lost.
        requestId: randomUUID()
      };
      const path = `/deployments/targets/${encodeURIComponent(target)}/jobs`;
      return new JobRun(
        await service.json<Run>(path, { method: 'POST', body, signal })
      );
    });
  },

  /** Batch jobs, the newest first. Shown as a table. */
  async jobs({
    signal,
    ...query
  }: ICancellable & { module?: string; limit?: number } = {}): Promise<
    JobRun[]
  > {
    const runs = await listRunsOf('job', { ...query, signal });
    return shownAs(
      runs.map(run => new JobRun(run)),
      jobs => jobsBundle(jobs.map(({ about }) => about))
    );
  },

  /** A batch job by the id of its run, such as after a restart of the kernel. @throws DeepError `not-found` */
  async job(id: string, options: ICancellable = {}): Promise<JobRun> {
    return new JobRun(await findRunOf('job', id, 'batch job', options));
  },

  /** All that run, and the last ones that ran; the newest first. Shown as a table. */
  async list({ signal }: ICancellable = {}): Promise<DeploymentHandle[]> {
    const { deployments: all } = await service.json<{
      deployments: Deployment[];
    }>('/deployments', { signal });
    return shownAs(
      all.map(each => new DeploymentHandle(each)),
      handles => deploymentsBundle(handles.map(({ about }) => about))
    );
  },

  /** One by its id, such as after a restart of the kernel. @throws DeepError `not-found` */
  async get(
    id: string,
    { signal }: ICancellable = {}
  ): Promise<DeploymentHandle> {
    const path = `/deployments/${encodeURIComponent(id)}`;
    return new DeploymentHandle(
      await service.json<Deployment>(path, { signal })
    );
  },

  /** The places where modules can run, as they were last heard of. Shown as a table. */
  async targets({ signal }: ICancellable = {}): Promise<Target[]> {
    const { targets } = await service.json<{ targets: Target[] }>(
      '/deployments/targets',
      { signal }
    );
    return shownAs(targets, targetsBundle);
  },

  /**
   * Add a place of your own: an engine on another host, an Infrastructure Manager, a platform. It is asked at once: `state` and `said`
   * of what comes back tell what answered.
   *
   * ```ts
   * await deployments.addTarget({ kind: 'container', id: 'gpu-host', address: 'ssh://ada@gpu-host' });
   * ```
   * @throws DeepError `invalid-arguments`; `address-private` of an address that is not public, without `allowPrivate`; `conflict` where the
   * administrator allows none, or of a name that is taken.
   */
  addTarget(
    target: TargetRequest,
    { signal }: ICancellable = {}
  ): Promise<Target> {
    return service.json<Target>('/deployments/targets', {
      method: 'POST',
      body: target,
      signal
    });
  },

  /** Ask a place whether it can be used now. @throws DeepError `not-found` */
  checkTarget(id: string, { signal }: ICancellable = {}): Promise<Target> {
    return service.json<Target>(
      `/deployments/targets/${encodeURIComponent(id)}/check`,
      { method: 'POST', body: {}, signal }
    );
  },

  /** Forget a place that you added. @throws DeepError `not-found`; `conflict` while something goes on there */
  async removeTarget(id: string, { signal }: ICancellable = {}): Promise<void> {
    await service.request(`/deployments/targets/${encodeURIComponent(id)}`, {
      method: 'DELETE',
      signal
    });
  },

  /**
   * What would happen if it were deployed, and what can be chosen; nothing happens yet. Shown as a table.
   *
   * ```ts
   * await deployments.plan({ module: 'builtin/image-classifier', target: 'container' });
   * ```
   * @throws DeepError `target-unreachable`, `account-needed`
   */
  async plan({
    module,
    model,
    target = 'process',
    as,
    signal
  }: Pick<IDeploymentOptions, 'module' | 'model' | 'target' | 'signal'> & {
    /** What it is to be there; a deployment by default. */
    as?: 'deployment' | 'job';
  }): Promise<TargetPlan> {
    const id = await moduleIdOf(module, model, signal);
    const plan = await service.json<TargetPlan>(
      `/deployments/targets/${encodeURIComponent(target)}/plan`,
      { method: 'POST', body: { module: id, as }, signal }
    );
    return shownAs(plan, planBundle);
  }
};
