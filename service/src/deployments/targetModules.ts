import { createHash, randomBytes } from 'node:crypto';
import path from 'node:path';
import {
  Consent,
  DeepError,
  Deployment,
  DeploymentRequest,
  Module,
  TargetPlan
} from '@jupyterlab-deep/protocol';
import { ISettings } from '../admin/config';
import { Consents } from '../pythonModules/consents';
import { imageOrigin } from '../pythonModules/origin';
import { SecretBox } from '../store/secretBox';
import { Store } from '../store/store';
import { checkChoices, mergedChoices } from './choices';
import { DeploymentRecords, ILeftover, isLive } from './records';
import { TargetLife } from './targetLife';
import { IDeployable, IForeignCode, ITarget } from './targets/target';
import { Targets } from './targets/targets';

/** A plan may ask an engine or a cloud what it has. */
const PLAN_MS = 30_000;

/** What is begun at a target. */
export interface IPlaced extends IDeployable {
  request: Pick<DeploymentRequest, 'options' | 'consent' | 'requestId'>;
  target: string;
}

/** Modules that run at targets: engines, clouds, platforms. */
export class TargetModules {
  constructor(private readonly _parts: TargetModules.IParts) {}

  get(id: string): TargetLife | undefined {
    return this._lives.get(id);
  }

  get all(): TargetLife[] {
    return [...this._lives.values()];
  }

  logFile(id: string): string {
    return path.join(this._parts.store.folderOf('deployments', id), 'log.txt');
  }

  /** @throws DeepError `not-found`, `target-unreachable`, `account-needed` */
  plan(target: string, what: IDeployable): Promise<TargetPlan> {
    const signal = AbortSignal.timeout(PLAN_MS);
    return this._parts.targets.face(target).plan(what, signal);
  }

  /**
   * Begin a deployment; the same request twice begins one.
   *
   * @throws DeepError `not-found`, `target-unreachable`, `target-refused`, `account-needed`, `invalid-arguments`, `consent-needed`,
   * `no-space`; `conflict` of a `requestId` that was given to another request.
   */
  async begin(placed: IPlaced): Promise<Deployment> {
    const id = deploymentId(placed.request.requestId);
    const begun =
      this._beginning.get(id) ??
      this._begin(id, placed).finally(() => this._beginning.delete(id));
    this._beginning.set(id, begun);
    return same(await begun, placed);
  }

  /** Start what has ended, where it is if it can be. @throws DeepError `not-found` of its target */
  startAgain({ id, targetId = '' }: Deployment): void {
    const { records, targets } = this._parts;
    const target = targets.adapter(targetId);
    records.update(id, {
      state: 'starting',
      phase: 'Starting again',
      error: undefined,
      readyAt: undefined
    });
    this._hold(id, target, 'again');
  }

  /** Leave nothing of it at its target, then forget it. What cannot be reached now is removed when it can. */
  remove({ id, targetId = '' }: Deployment): void {
    const { records, targets } = this._parts;
    records.place(id, { isRemoved: true });
    const life = this._lives.get(id);
    if (life) {
      life.remove();
      return;
    }
    const target = targets.adapter(targetId);
    records.update(id, { state: 'stopping', phase: 'Removing' });
    this._hold(id, target, 'remove');
  }

  /** Take up what an earlier service left. */
  adopt({ deployment, placement }: ILeftover): void {
    const { id, state, targetId = '' } = deployment;
    const { records, targets } = this._parts;
    let target: ITarget;
    try {
      target = targets.adapter(targetId);
    } catch (error) {
      const says = `${targetId} is no target here any longer; whatever runs there goes on.`;
      records.update(id, {
        state: 'unreachable',
        phase: 'Its target is not known',
        error: `${says} ${(error as DeepError).hint ?? ''}`.trim()
      });
      return;
    }
    const life = this._hold(
      id,
      target,
      placement?.isRemoved ? 'remove' : 'find'
    );
    if (state === 'stopping' && !placement?.isRemoved) {
      life.stop();
    }
  }

  private async _begin(id: string, placed: IPlaced): Promise<Deployment> {
    const { records, secrets, targets } = this._parts;
    const known = records.get(id);
    if (known) {
      return known;
    }
    const target = targets.adapter(placed.target);
    const { module, request } = placed;
    const plan = await this.plan(target.id, placed);
    if (!plan.isPossible) {
      throw new DeepError(
        'target-refused',
        plan.reason ?? `${module.title} cannot run at ${target.title}.`
      );
    }
    const { open, secret } = await checkChoices(
      plan.options,
      request.options ?? {}
    );
    const agreed = await this._admit(
      target,
      placed,
      mergedChoices(open, secret)
    );
    await records.prune();
    const now = new Date().toISOString();
    const hasSecret = Object.keys(secret).length > 0;
    const deployment: Deployment = {
      id,
      module: module.id,
      title: module.title,
      target: target.kind,
      targetId: target.id,
      state: 'preparing',
      phase: 'Preparing',
      since: now,
      createdAt: now,
      options: open
    };
    records.add(deployment, undefined, {
      agreed,
      ...(hasSecret && { sealed: secrets.seal(JSON.stringify(secret)) })
    });
    await this._parts.store.makeFolder('deployments', id);
    this._hold(id, target, 'find', placed);
    return records.get(id) as Deployment;
  }

  /** @throws DeepError `consent-needed` */
  private async _admit(
    target: ITarget,
    placed: IPlaced,
    options: Record<string, unknown>
  ): Promise<string | undefined> {
    const signal = AbortSignal.timeout(PLAN_MS);
    const code = await target.foreign?.(placed, options, signal);
    if (!code) {
      return undefined;
    }
    const { consent } = placed.request;
    const { consents } = this._parts;
    const origin = imageOrigin(code.origin);
    const kept = consent ?? (await consents.of(origin));
    if (!kept || !isSame(kept, code)) {
      throw consentNeeded(placed.module, code, kept);
    }
    if (consent) {
      await consents.keep(origin, { commit: consent.commit });
    }
    return kept.commit;
  }

  private _hold(
    id: string,
    target: ITarget,
    task: TargetLife.IOptions['task'],
    placed?: IDeployable
  ): TargetLife {
    const { records, settings } = this._parts;
    const { title } = records.get(id) as Deployment;
    const life = new TargetLife({
      id,
      title,
      target,
      task,
      records,
      logFile: this.logFile(id),
      startSeconds: settings.targets.startSeconds,
      what: async () => placed ?? this._what(id),
      choices: () => this._choices(id),
      onCommit: (origin, commit) => this._keepCommit(id, origin, commit)
    });
    this._lives.set(id, life);
    void life.ended.then(() => this._settle(id, life));
    return life;
  }

  private async _settle(id: string, life: TargetLife): Promise<void> {
    if (this._lives.get(id) === life) {
      this._lives.delete(id);
    }
    const { records } = this._parts;
    const deployment = records.get(id);
    const isGone = deployment && !isLive(deployment);
    if (isGone && records.placement(id)?.isRemoved) {
      await (deployment.state === 'failed'
        ? records.place(id, { isRemoved: false })
        : records.forget(id));
    }
  }

  private _what(id: string): Promise<IDeployable> {
    const { module } = this._parts.records.get(id) as Deployment;
    return this._parts.what(module);
  }

  private _choices(id: string): Record<string, unknown> {
    const { records, secrets } = this._parts;
    const { sealed } = records.placement(id) ?? {};
    const secret = sealed === undefined ? '{}' : secrets.open(sealed);
    return mergedChoices(records.get(id)?.options ?? {}, JSON.parse(secret));
  }

  /** A name may mean something else tomorrow: what was fetched under it is what was agreed to. */
  private async _keepCommit(
    id: string,
    origin: string,
    commit: string
  ): Promise<void> {
    const { consents, records } = this._parts;
    await consents.keep(imageOrigin(origin), { commit });
    records.place(id, { agreed: commit });
  }

  private readonly _lives = new Map<string, TargetLife>();
  private readonly _beginning = new Map<string, Promise<Deployment>>();
}

export namespace TargetModules {
  export interface IParts {
    records: DeploymentRecords;
    store: Store;
    settings: ISettings;
    targets: Targets;
    consents: Consents;
    /** Of passwords among the options. */
    secrets: SecretBox;
    /** What the catalogue has of a module. @throws DeepError `not-found`, `module-broken` */
    what(module: string): Promise<IDeployable>;
  }
}

/** The same for the same `requestId`. */
export const deploymentId = (requestId: string | undefined): string =>
  requestId === undefined
    ? randomBytes(5).toString('hex')
    : createHash('sha256')
        .update(`deployment\0${requestId}`)
        .digest('hex')
        .slice(0, 10);

/** @throws DeepError `conflict` */
function same(begun: Deployment, { module, target }: IPlaced): Deployment {
  if (begun.module !== module.id || begun.targetId !== target) {
    throw new DeepError(
      'conflict',
      'Another deployment was begun with this requestId.',
      { hint: 'Give every new deployment a requestId of its own.' }
    );
  }
  return begun;
}

/** What cannot be said yet is compared when it has been fetched. */
const isSame = (agreed: { commit: string }, code: IForeignCode): boolean =>
  agreed.commit === code.commit || code.commit === code.origin;

function consentNeeded(
  { title }: Module,
  { origin, commit, sees }: IForeignCode,
  before?: Pick<Consent, 'commit'>
): DeepError {
  const changed = before
    ? ` What was agreed to before was ${before.commit}.`
    : '';
  return new DeepError(
    'consent-needed',
    `${title} is code of somebody else: the image ${origin}${commit === origin ? '' : `, now ${commit}`}.${changed} ${sees.join(' ')} Nothing of it was fetched or started.`,
    {
      hint: 'Look at where it comes from, then agree.',
      technical: JSON.stringify({ origin, commit, sees })
    }
  );
}
