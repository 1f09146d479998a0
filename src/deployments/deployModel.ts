import type {
  Consent,
  Deployment,
  Run,
  Target,
  TargetPlan,
  TargetTemplates
} from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import { UUID } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';
import type { ICatalogue } from '../catalogue/tokens';
import { checkValues, FieldErrors } from '../inference/formErrors';
import { IFormPlan, planForm } from '../inference/formSchema';
import { asRequestError, DeepRequestError } from '../service/errors';
import { chosenOptions } from './chosenOptions';
import type { DeploymentsClient } from './client';
import { targetOf } from './groups';

/** The most that the service lists at once. */
const LIMIT = 10_000;

/** Options that are shown unfolded. */
const MOST_AT_ONCE = 12;

type Values = Record<string, unknown>;

/** What is known before the dialog opens. */
export interface IDeployStart {
  /** Module id. */
  module?: string;
  /** Target id. */
  target?: string;
  /** Another one with the same module and options; elsewhere, unless the target is said. */
  like?: Deployment;
  /** What is chosen at first. */
  options?: Record<string, unknown>;
}

/** A module that can be chosen. */
export interface IModuleChoice {
  id: string;
  title: string;
}

/** What a module is to be at its target: it answers, or carries out a script once. */
export type DeployAs = 'deployment' | 'job';

/** *Deploy*: which module, where, with what; what would happen. Nothing happens before `deploy`. */
export class DeployModel implements IDisposable {
  constructor(private readonly _options: DeployModel.IOptions) {
    const { module, target, like, options } = _options.start;
    this._module = module ?? like?.module ?? '';
    this._target = target ?? '';
    this._values = { ...like?.options, ...options };
  }

  get changed(): ISignal<DeployModel, void> {
    return this._changed;
  }

  /** What is filled in at first. */
  get start(): IDeployStart {
    return this._options.start;
  }

  /** Modules to choose from; null until they are known. */
  get modules(): readonly IModuleChoice[] | null {
    return this._modules;
  }

  /** Id of the chosen module; empty while there is none. */
  get module(): string {
    return this._module;
  }

  get targets(): readonly Target[] | null {
    return this._targets;
  }

  /** Id of the chosen target; empty while there is none. */
  get target(): string {
    return this._target;
  }

  /** Whether the chosen target takes batch jobs, too. */
  get takesJobs(): boolean {
    const chosen = this._targets?.find(({ id }) => id === this._target);
    return chosen?.takesJobs === true && !this._options.start.like;
  }

  /** Whether the user may bring TOSCA files to the chosen target. */
  get takesTemplates(): boolean {
    const chosen = this._targets?.find(({ id }) => id === this._target);
    return chosen?.takesTemplates === true;
  }

  templates(target: string): Promise<TargetTemplates> {
    return this._options.client.templates(target);
  }

  /** Take a TOSCA file of the user, and choose it. */
  async bringTemplate(name: string, text: string): Promise<void> {
    const { client } = this._options;
    const { id } = await client.bringTemplate(this._target, name, text);
    this._values = { ...this._values, template: id };
    await this._askForPlan();
  }

  async forgetTemplate(template: string): Promise<void> {
    await this._options.client.forgetTemplate(this._target, template);
    const { template: chosen, ...values } = this._values;
    this._values = chosen === template ? values : this._values;
    await this._askForPlan();
  }

  get as(): DeployAs {
    return this.takesJobs ? this._as : 'deployment';
  }

  /** Of a batch job: what it carries out. */
  get script(): string {
    return this._script;
  }

  /** Why there is no job without it; empty before somebody tried. */
  get scriptError(): string {
    const isMissing = this.as === 'job' && this._script.trim() === '';
    return isMissing && this._hasTried
      ? this._options.trans.__('Say what it shall carry out.')
      : '';
  }

  /** What would happen; null until the target has said so. */
  get plan(): TargetPlan | null {
    return this._plan;
  }

  get form(): IFormPlan | null {
    return this._form;
  }

  get values(): Values {
    return this._values;
  }

  get fieldErrors(): FieldErrors {
    return this._fieldErrors;
  }

  get error(): DeepRequestError | null {
    return this._error;
  }

  /** Since when the target is asked, or the deployment is being begun; null while neither is. */
  get busySince(): Date | null {
    return this._busySince;
  }

  get canDeploy(): boolean {
    return this._plan?.isPossible === true && this._busySince === null;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  /** Ask for modules and targets, and for the plan where both are known. */
  async load(): Promise<void> {
    const { catalogue, client, start } = this._options;
    await this._try(async () => {
      const [targets, modules] = await Promise.all([
        client.targets(),
        start.module || start.like ? null : catalogue.list({ limit: LIMIT })
      ]);
      this._targets = targets;
      this._modules =
        modules?.modules
          .filter(({ broken }) => !broken)
          .map(({ id, title }) => ({ id, title })) ?? null;
      this._target ||= this._firstTarget(targets);
    });
    await this._askForPlan();
  }

  setModule(module: string): void {
    if (module !== this._module) {
      this._module = module;
      void this._askForPlan();
    }
  }

  setTarget(target: string): void {
    if (target !== this._target) {
      this._target = target;
      void this._askForPlan();
    }
  }

  setAs(as: DeployAs): void {
    if (as !== this._as) {
      this._as = as;
      void this._askForPlan();
    }
  }

  setScript(script: string): void {
    this._script = script;
    this._attempt = '';
    this._emit();
  }

  setValues(values: Values): void {
    this._values = values;
    this._attempt = '';
    this._form = this._formFor(values);
    this._recheck();
    this._emit();
  }

  /** Begin it; null when that was refused: `error` and `fieldErrors` say why. */
  async deploy(consent?: Consent): Promise<Deployment | Run | null> {
    this._hasTried = true;
    this._recheck();
    const isWrong =
      Object.keys(this._fieldErrors).length > 0 || this.scriptError !== '';
    if (!this.canDeploy || isWrong) {
      this._emit();
      return null;
    }
    // An answer may be lost: the same attempt begins one deployment however often it is sent.
    this._attempt ||= UUID.uuid4();
    let begun: Deployment | Run | null = null;
    this._busySince = new Date();
    await this._try(async () => {
      begun = await this._send(consent);
    });
    this._busySince = null;
    if (this._error && !this._error.isOffline) {
      this._attempt = '';
    }
    this._fieldErrors = this._error?.problem.fields ?? this._fieldErrors;
    this._emit();
    return begun;
  }

  private _send(consent: Consent | undefined): Promise<Deployment | Run> {
    const { client } = this._options;
    const about = {
      module: this._module,
      options: this._chosen,
      requestId: this._attempt
    };
    return this.as === 'job'
      ? client.submit(this._target, { ...about, script: this._script })
      : client.deploy({
          ...about,
          target: this._target,
          ...(consent && { consent })
        });
  }

  /** Of what the form asks for now. */
  private get _chosen(): Values {
    const known = Object.keys(this._form?.schema.properties ?? {});
    return Object.fromEntries(
      Object.entries(this._values).filter(
        ([name, value]) =>
          known.includes(name) && value !== undefined && value !== null
      )
    );
  }

  /** What a target asks for may depend on what is chosen, such as an organisation. */
  private _formFor(values: Values): IFormPlan | null {
    if (!this._plan) {
      return null;
    }
    const { options } = this._plan;
    return allAtOnce(planForm(chosenOptions(options, values), []));
  }

  /** Where it is not yet, and what answers, before others. */
  private _firstTarget(targets: readonly Target[]): string {
    const { like } = this._options.start;
    const elsewhere = targets.filter(
      ({ id }) => !like || id !== targetOf(like)
    );
    const [first] = [
      ...elsewhere.filter(({ state }) => state === 'reachable'),
      ...elsewhere,
      ...targets
    ];
    return first?.id ?? '';
  }

  private async _askForPlan(): Promise<void> {
    const { client } = this._options;
    const { module, target } = this;
    const asked = ++this._asked;
    this._plan = null;
    this._form = null;
    this._attempt = '';
    this._hasTried = false;
    this._fieldErrors = {};
    if (module === '' || target === '') {
      this._emit();
      return;
    }
    this._busySince = new Date();
    await this._try(async () => {
      const plan = await client.plan(target, module, this.as);
      if (asked === this._asked) {
        this._plan = plan;
        this._form = this._formFor(this._values);
        this._values = this._fitting(this._form);
        // A choice that meant nothing here has gone.
        this._form = this._formFor(this._values);
      }
    }, asked);
    if (asked === this._asked) {
      this._busySince = null;
      this._emit();
    }
  }

  /** What was said for another place may mean nothing here: a limit of 0 is none on this machine, and too little elsewhere. */
  private _fitting(form: IFormPlan | null): Values {
    if (!form) {
      return this._values;
    }
    const values = { ...defaultsOf(form), ...this._values };
    const errors = checkValues(form, values, this._options.trans);
    return Object.fromEntries(
      Object.entries(this._values).filter(([name]) => !(name in errors))
    );
  }

  private _recheck(): void {
    if (this._hasTried && this._form) {
      const { trans } = this._options;
      const values = { ...defaultsOf(this._form), ...this._chosen };
      this._fieldErrors = checkValues(this._form, values, trans);
    }
  }

  /** @param asked What answers another question than the last one counts no more. */
  private async _try(
    work: () => Promise<void>,
    asked = this._asked
  ): Promise<void> {
    this._emit();
    let failure: DeepRequestError | null = null;
    try {
      await work();
    } catch (reason) {
      failure = asRequestError(reason, this._options.trans);
    }
    if (asked === this._asked) {
      this._error = failure;
      this._emit();
    }
  }

  private _emit(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<DeployModel, void>(this);
  private _modules: readonly IModuleChoice[] | null = null;
  private _module: string;
  private _targets: readonly Target[] | null = null;
  private _target: string;
  private _plan: TargetPlan | null = null;
  private _form: IFormPlan | null = null;
  private _values: Values;
  private _as: DeployAs = 'deployment';
  private _script = '';
  private _fieldErrors: FieldErrors = {};
  private _error: DeepRequestError | null = null;
  private _busySince: Date | null = null;
  private _asked = 0;
  private _attempt = '';
  private _hasTried = false;
  private _isDisposed = false;
}

export namespace DeployModel {
  export interface IOptions {
    client: DeploymentsClient;
    catalogue: ICatalogue;
    start: IDeployStart;
    trans: TranslationBundle;
  }
}

/** Resources are few, and all of them matter: none is folded unless there are many. */
const allAtOnce = (plan: IFormPlan): IFormPlan =>
  plan.first.length + plan.more.length > MOST_AT_ONCE
    ? plan
    : { ...plan, first: [...plan.first, ...plan.more], more: [] };

/** The form shows them, and the service takes them, where nothing else is said. */
const defaultsOf = ({ schema }: IFormPlan): Values =>
  Object.fromEntries(
    Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
      typeof field === 'object' && field.default !== undefined
        ? [[name, field.default]]
        : []
    )
  );
