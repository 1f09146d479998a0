import { createHash } from 'node:crypto';
import {
  DeepError,
  JobRequest,
  Run,
  TargetPlan
} from '@jupyterlab-deep/protocol';
import { Catalogue } from '../../catalogue/catalogue';
import { RunJournal } from '../../runs/journal';
import { Beginnings, otherRequest, runIdOf } from '../../runs/requestIds';
import { logFileOf, RunLog } from '../../runs/runLog';
import { refuseEnded } from '../../runs/steering';
import { Unfinished } from '../../runs/unfinished';
import { IRunWorker } from '../../runs/workers';
import { SecretBox } from '../../store/secretBox';
import { Store } from '../../store/store';
import { checkChoices, mergedChoices } from '../choices';
import { deployable } from '../starting';
import { IDeployable, ITarget, ITargetJobs } from '../targets/target';
import { Targets } from '../targets/targets';
import { IKeptJob, JobFile } from './jobFile';
import { JobWork, USUAL_LOOKS_MS } from './jobWork';

/** A plan may ask a platform what it has. */
const PLAN_MS = 30_000;

/** Batch jobs at targets: written down, ordered once, watched by whichever service there is. */
export class Jobs implements IRunWorker {
  constructor(private readonly _parts: Jobs.IParts) {}

  /** Go on with what an earlier service left. */
  takeUp(leftovers: readonly Run[]): void {
    for (const run of leftovers.filter(({ kind }) => kind === 'job')) {
      try {
        this._start(run, this._targetOf(run.job!.target));
      } catch (error) {
        const { detail, hint } = error as DeepError;
        this._parts.journal.interrupt(
          run.id,
          `Nobody can be asked for it any longer; what runs there goes on. ${detail} ${hint ?? ''}`.trim()
        );
      }
    }
    this._mark();
  }

  /** What goes on at a target, for people. */
  namesAt(target: string): string[] {
    return [...this._works.keys()]
      .map(id => this._parts.journal.get(id))
      .filter(({ job }) => job?.target === target)
      .map(({ title }) => title);
  }

  /**
   * What would happen if a module were a batch job at a target.
   *
   * @throws DeepError `not-found`, `module-broken`, `target-unreachable`, `account-needed`
   */
  async plan(target: string, module: string): Promise<TargetPlan> {
    const { jobs } = this._targetOf(target);
    return jobs.plan(await this._what(module), AbortSignal.timeout(PLAN_MS));
  }

  /**
   * Write a job down and have it begun; the same request twice begins one.
   *
   * @throws DeepError `not-found`, `invalid-arguments`, `target-refused`, `target-unreachable`, `account-needed`, `no-space`; `conflict`
   * of a `requestId` that was given to another request.
   */
  async begin(target: string, request: JobRequest): Promise<Run> {
    const id = runIdOf(request.requestId, 'job');
    return this._beginnings.once(
      id,
      () => this._begun(id, target, request),
      () => this._begin(id, target, request)
    );
  }

  /** Order its end; the run ends when its target has taken the order. @throws DeepError `not-found`, `conflict` */
  async cancel(id: string): Promise<Run> {
    const { journal } = this._parts;
    refuseEnded(journal.get(id));
    const file = this._file(id);
    await file.write({ ...(await file.read()), isCancelled: true });
    this._works.get(id)?.cancel();
    return journal.get(id);
  }

  /** @throws DeepError `not-found`; `conflict` while it is at work. */
  async remove(id: string): Promise<void> {
    await this._parts.journal.remove(id);
  }

  /** The service ends; jobs go on, and the next one takes them up. */
  async close(): Promise<void> {
    await Promise.all([...this._works.values()].map(work => work.close()));
  }

  private async _begin(
    id: string,
    targetId: string,
    request: JobRequest
  ): Promise<Run> {
    const { journal, secrets, store } = this._parts;
    const target = this._targetOf(targetId);
    const what = await this._what(request.module);
    const signal = AbortSignal.timeout(PLAN_MS);
    const plan = await target.jobs.plan(what, signal);
    if (!plan.isPossible) {
      throw new DeepError(
        'target-refused',
        plan.reason ??
          `${what.module.title} cannot be a batch job at ${target.title}.`
      );
    }
    const { open, secret } = await checkChoices(
      plan.options,
      request.options ?? {}
    );
    await store.makeFolder('runs', id);
    await this._file(id).write({
      digest: digestOf(targetId, request),
      options: open,
      ...(Object.keys(secret).length > 0 && {
        sealed: secrets.seal(JSON.stringify(secret))
      })
    });
    const { script } = request;
    journal.create(
      id,
      {
        kind: 'job',
        title: `${what.module.title}: ${firstLine(script)}`,
        module: what.module.id,
        arguments: open,
        job: { target: target.id, script }
      },
      []
    );
    this._start(journal.get(id), target);
    return journal.get(id);
  }

  /** What an earlier request of the same name began. */
  private async _begun(
    id: string,
    target: string,
    request: JobRequest
  ): Promise<Run | undefined> {
    if (!this._parts.journal.has(id)) {
      return undefined;
    }
    const { digest } = await this._file(id).read();
    if (digest !== digestOf(target, request)) {
      throw otherRequest('job');
    }
    return this._parts.journal.get(id);
  }

  private _start(run: Run, { jobs, title }: ITargetOfJobs): void {
    const { journal, secrets, store, looksMs } = this._parts;
    journal.update(run.id, {
      state: 'running',
      startedAt: run.startedAt ?? new Date().toISOString()
    });
    const work = new JobWork({
      run: run.id,
      title,
      jobs,
      journal,
      file: this._file(run.id),
      log: new RunLog(logFileOf(store, run.id)),
      what: async () => ({
        ...(await this._what(run.module!)),
        script: run.job!.script
      }),
      open: ({ options, sealed }: IKeptJob) =>
        mergedChoices(
          options,
          sealed === undefined ? {} : JSON.parse(secrets.open(sealed))
        ),
      looksMs: looksMs ?? USUAL_LOOKS_MS
    });
    this._works.set(run.id, work);
    this._mark();
    void work.done.then(() => {
      this._works.delete(run.id);
      // What the next service has to watch stays marked.
      if (!journal.isLive(run.id)) {
        this._mark();
      }
    });
  }

  /** By it a Jupyter that starts anew starts the service too. */
  private _mark(): void {
    this._parts.unfinished.mark('jobs', this._works.size > 0);
  }

  /** @throws DeepError `not-found`; `module-not-implemented` of a target that takes none. */
  private _targetOf(id: string): ITargetOfJobs {
    const { jobs, title, id: known } = this._parts.targets.face(id);
    if (!jobs) {
      throw new DeepError(
        'module-not-implemented',
        `${title} takes no batch jobs.`,
        { hint: 'Choose a platform that does, such as AI4EOSC.' }
      );
    }
    return { id: known, title, jobs };
  }

  private async _what(module: string): Promise<IDeployable> {
    return deployable(await this._parts.catalogue.getUsable(module));
  }

  private _file(id: string): JobFile {
    return new JobFile(this._parts.store, id);
  }

  private readonly _works = new Map<string, JobWork>();
  private readonly _beginnings = new Beginnings<Run>();
}

export namespace Jobs {
  export interface IParts {
    catalogue: Catalogue;
    journal: RunJournal;
    secrets: SecretBox;
    store: Store;
    targets: Targets;
    unfinished: Unfinished;
    /** When it is looked whether an order whose answer was lost has arrived, each after the one before. */
    looksMs?: readonly number[];
  }
}

type ITargetOfJobs = Pick<ITarget, 'id' | 'title'> & { jobs: ITargetJobs };

const digestOf = (target: string, request: JobRequest): string =>
  createHash('sha256')
    .update(JSON.stringify([target, request]))
    .digest('hex');

const MAX_SHOWN = 60;

/** What a script begins with, without its first line that names a shell. */
function firstLine(script: string): string {
  const lines = script.split(/\r?\n/).map(line => line.trim());
  const [first = ''] = lines.filter(line => line !== '' && !/^#/.test(line));
  return first.length > MAX_SHOWN ? `${first.slice(0, MAX_SHOWN)}…` : first;
}
