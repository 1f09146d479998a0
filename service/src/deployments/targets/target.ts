import {
  Module,
  TargetKind,
  TargetPlan,
  TargetState,
  TargetTemplate,
  TargetTemplates
} from '@jupyterlab-deep/protocol';

/** A module that is to run somewhere. */
export interface IDeployable {
  module: Module;
  /** Of a module that is a model folder, or a Python project, on this machine. */
  folder?: string;
}

/** What a target said when it was last asked. */
export interface ITargetCheck {
  state: TargetState;
  /** What was tried, and what answered. */
  said: string;
  hint?: string;
  used?: string;
}

/** What goes on while a target begins something. */
export interface IBeginning {
  /** Its user wants it no longer. */
  signal: AbortSignal;
  /** What is being done, for people: `Pulling the image, 3 of 7 layers`. */
  onPhase(phase: string): void;
  /** Lines for the deployment's log, such as those of a build. */
  onLog(text: string): void;
  /** What its user agreed to, of a target that runs foreign code: the `commit` of `foreign`. */
  agreed?: string;
  /** What was remembered by an earlier try of the same deployment, which a kill has broken off. */
  remembered?: readonly string[];
  /** Write something down before it is done: with the deployment, for the next try. */
  remember?(fact: string): void;
  /** Foreign code turned out to be exactly this; only this one is agreed to from now on. */
  onCommit?(origin: string, commit: string): Promise<void>;
}

/** Code of somebody else that would run. */
export interface IForeignCode {
  /** As people know it: the name of an image. */
  origin: string;
  /** Exactly which: a digest, where it is known; else the name again. */
  commit: string;
  /** What it could see and use, a sentence each. */
  sees: string[];
}

/** How something stands at its target. */
export interface IObserved {
  /**
   * `waiting`: it has not begun, or it is being prepared; `running`: it may answer; `ended`: by itself; `stopped`: on
   * somebody's order, and can be started again; `gone`: the target knows nothing of it.
   */
  state: 'waiting' | 'running' | 'ended' | 'stopped' | 'gone';
  /** For people; empty when there is nothing to say. */
  phase: string;
  /** Origin and base path below which `/v2/models/` is, or `unix:/path`, once it is known. */
  endpoint?: string;
  /** Why it ended, in words, the last lines of its log among them. */
  reason?: string;
  /** What it was given, for people. */
  resources?: string;
  /** Of a container: name and digest. */
  image?: string;
  /** Other pages of it by name. */
  pages?: Record<string, string>;
}

/** How a batch job stands at its target. */
export interface IJobObserved {
  /** `succeeded` and `failed` by the target's own word; `ended`: on somebody's order; `gone`: the target knows nothing of it. */
  state: 'waiting' | 'running' | 'succeeded' | 'failed' | 'ended' | 'gone';
  /** For people; empty when there is nothing to say. */
  phase: string;
  /** Why it failed, ended or is gone. */
  reason?: string;
  /** What it was given, for people. */
  resources?: string;
}

/** Batch jobs of a target: the container of a module carries out a script once. What it began carries the run's id there. */
export interface ITargetJobs {
  /** What would happen, and what can be chosen. @throws DeepError `target-unreachable`, `account-needed` */
  plan(what: IDeployable, signal: AbortSignal): Promise<TargetPlan>;

  /** The handle of what was begun for a run; undefined where there is none. @throws DeepError `target-unreachable` */
  find(run: string, signal: AbortSignal): Promise<string | undefined>;

  /**
   * Order it. When nobody knows whether the order arrived it is looked for, and never ordered twice.
   *
   * @param options Checked by the schema of the plan.
   * @returns its handle.
   * @throws DeepError `target-unreachable`: it may have begun; `target-refused`, `account-needed`, `invalid-arguments`: it has not.
   */
  begin(
    run: string,
    what: IDeployable & { script: string },
    options: Record<string, unknown>,
    signal: AbortSignal
  ): Promise<string>;

  /** @throws DeepError `target-unreachable`, `account-needed`: it is not known how it stands. */
  observe(handle: string, signal: AbortSignal): Promise<IJobObserved>;

  /** End it; nothing happens where there is nothing. */
  stop(handle: string, signal: AbortSignal): Promise<void>;

  /** What the target calls it, for people. */
  nameOf(handle: string): string;
}

/** TOSCA files that a user brings to a target. */
export interface ITargetTemplates {
  list(): Promise<TargetTemplates>;

  /** @throws DeepError `invalid-request` saying what is wrong with it, `address-refused`, `conflict`, `no-space` */
  add(name: string, text: string): Promise<TargetTemplate>;

  /** @throws DeepError `not-found` of one that its user did not bring */
  remove(id: string): Promise<void>;
}

/** What a target is and offers, also where something else than an adapter runs it. */
export type ITargetFace = Pick<
  ITarget,
  'id' | 'kind' | 'title' | 'account' | 'check' | 'plan' | 'jobs' | 'templates'
>;

/**
 * A place where modules can run. An adapter speaks to one engine and keeps nothing: what it began carries the deployment's
 * id at the target (a label, a name, a tag), so that `find` finds it after any crash and `begin` never begins it twice.
 */
export interface ITarget {
  readonly id: string;
  readonly kind: TargetKind;
  readonly title: string;
  /** Id of the account that it needs. */
  readonly account?: string;

  /** Where it takes batch jobs beside modules. */
  readonly jobs?: ITargetJobs;
  /** Where its user may bring TOSCA files. */
  readonly templates?: ITargetTemplates;

  /** Ask whether it can be used now. Never rejects. */
  check(signal: AbortSignal): Promise<ITargetCheck>;

  /** What would happen, and what can be chosen. @throws DeepError `target-unreachable`, `account-needed` */
  plan(what: IDeployable, signal: AbortSignal): Promise<TargetPlan>;

  /** The foreign code that its user has to agree to first; a target that has none, or runs it on no machine of theirs, lacks it. */
  foreign?(
    what: IDeployable,
    options: Record<string, unknown>,
    signal: AbortSignal
  ): Promise<IForeignCode | undefined>;

  /** The handle of what was begun for a deployment; undefined where there is none. @throws DeepError `target-unreachable` */
  find(deployment: string, signal: AbortSignal): Promise<string | undefined>;

  /**
   * Begin a deployment.
   *
   * @param options Checked by the schema of the plan.
   * @returns its handle at the target: a container's or infrastructure's id.
   * @throws DeepError `target-unreachable`, `target-refused` with the target's own words, `no-space`, `cancelled`
   */
  begin(
    deployment: string,
    what: IDeployable,
    options: Record<string, unknown>,
    beginning: IBeginning
  ): Promise<string>;

  /** Leave nothing of what a beginning that was broken off has made, where there is no handle. */
  clear?(deployment: string, signal: AbortSignal): Promise<void>;

  /** @throws DeepError `target-unreachable`: it is not known how it stands. */
  observe(handle: string, signal: AbortSignal): Promise<IObserved>;

  /** The memory that it uses now; undefined where the target cannot say so at the moment. */
  memoryOf?(handle: string, signal: AbortSignal): Promise<number | undefined>;

  /**
   * Its log from the beginning or from where a former text ended, as far as it goes now.
   *
   * @param after What was returned before as `next`.
   */
  readLog(
    handle: string,
    after: string | undefined,
    signal: AbortSignal
  ): Promise<{ text: string; next: string }>;

  /** End it; resolves when the target has taken the order. What can be started again stays there. */
  stop(handle: string, signal: AbortSignal): Promise<void>;

  /** Start again what was stopped, where the target can. */
  start?(handle: string, signal: AbortSignal): Promise<void>;

  /** The service ends: no connection is left open. What runs goes on. */
  close?(): Promise<void>;

  /** Leave nothing of it at the target; nothing happens where there is nothing. */
  remove(handle: string, signal: AbortSignal): Promise<void>;
}
