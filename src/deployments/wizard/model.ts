import type {
  Deployment,
  ModelInspection,
  SavedModel,
  Target,
  TargetPlan,
  WrittenPythonModule
} from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';
import type { FieldErrors } from '../../inference/formErrors';
import { checkValues } from '../../inference/formErrors';
import { IFormPlan, planForm } from '../../inference/formSchema';
import type { IPageContext } from '../../inference/pageContext';
import { asRequestError, DeepRequestError } from '../../service/errors';
import { chosenOptions } from '../chosenOptions';
import type { WizardClient } from './client';
import {
  checkSettings,
  fieldsOf,
  IWizardValues,
  planSettings,
  requestOf,
  valuesOf
} from './settingsForm';

export type Step = 1 | 2 | 3 | 4;

/** A module that was saved before: only where it runs is asked. */
export type KnownModule = Pick<SavedModel, 'id' | 'name' | 'title'>;

/** What is being done, so that the page can say it. */
export type Busy = 'inspecting' | 'saving' | 'asking' | 'deploying' | 'writing';

/** This machine, where the service knows of no other place. */
const HERE = 'process';

/** From a model's file to a deployment, in four steps. Going back keeps everything. */
export class WizardModel implements IDisposable {
  constructor(private readonly _options: WizardModel.IOptions) {}

  get changed(): ISignal<WizardModel, void> {
    return this._changed;
  }

  get step(): Step {
    return this._step;
  }

  /** Below the root of Jupyter; null before one is chosen. */
  get path(): string | null {
    return this._path;
  }

  get inspection(): ModelInspection | null {
    return this._inspection;
  }

  get form(): IFormPlan | null {
    return this._form;
  }

  get values(): IWizardValues {
    return this._values;
  }

  get fieldErrors(): FieldErrors {
    return this._fieldErrors;
  }

  /** Path of a picture or table to try it with. */
  get example(): string | null {
    return this._example;
  }

  get error(): DeepRequestError | null {
    return this._error;
  }

  get busy(): Busy | null {
    return this._busy;
  }

  /** What step 3 tries; null before there is a draft. */
  get page(): IPageContext | null {
    return this._page;
  }

  get targets(): readonly Target[] | null {
    return this._targets;
  }

  get target(): string {
    return this._target;
  }

  /** What would happen there; null where nobody plans. */
  get plan(): TargetPlan | null {
    return this._plan;
  }

  get options(): IFormPlan | null {
    return this._optionsForm;
  }

  get optionValues(): Record<string, unknown> {
    return this._optionValues;
  }

  get optionErrors(): FieldErrors {
    return this._optionErrors;
  }

  /** The module, once it has its name. */
  get module(): KnownModule | null {
    return this._module;
  }

  get deployment(): Deployment | null {
    return this._deployment;
  }

  get python(): WrittenPythonModule | null {
    return this._python;
  }

  /** Whether closing would lose something that was typed or made. */
  get hasSomethingToLose(): boolean {
    return !this._module && (this._draft !== null || this._isTouched);
  }

  /** Whether the name of the model is taken. */
  get isNameTaken(): boolean {
    return this._error?.key === 'conflict' && this._step === 2;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._page?.model.dispose();
      Signal.clearData(this);
    }
  }

  /** Look at a file of Jupyter. */
  async open(path: string): Promise<void> {
    this._path = path;
    this._inspection = null;
    const found = await this._do('inspecting', () =>
      this._options.client.inspect({ from: 'jupyter', path })
    );
    if (found && this._path === path) {
      this._inspection = found;
      if (found.proposal) {
        this._form = planSettings(found, this._options.trans);
        this._values = valuesOf(found);
      }
      this._changed.emit();
    }
  }

  /** A module that was saved before, such as from a cell. */
  async openSaved(module: KnownModule): Promise<void> {
    this._module = module;
    this._step = 4;
    this._changed.emit();
    await this._loadTargets();
  }

  setValues(values: IWizardValues): void {
    this._values = values;
    this._isTouched = true;
    this._replaces = false;
    if (this._hasTried) {
      this._check();
    }
    this._changed.emit();
  }

  setExample(path: string | null): void {
    this._example = path;
    this._isTouched = true;
    this._changed.emit();
  }

  /** To the next step, when this one has what it needs. */
  async next(): Promise<void> {
    if (this._busy) {
      return;
    }
    if (this._step === 1 && this._inspection?.proposal) {
      this._go(2);
    } else if (this._step === 2) {
      await this._save();
    } else if (this._step === 3) {
      this._go(4);
      await this._loadTargets();
    }
  }

  /** To the step before; nothing of it is lost. */
  back(): void {
    if (this._step > 1 && !this._module && !this._busy) {
      this._go((this._step - 1) as Step);
    }
  }

  /** Take the place of the one that has the name. */
  async replace(): Promise<void> {
    this._replaces = true;
    await this._save();
  }

  async setTarget(target: string): Promise<void> {
    this._target = target;
    await this._loadPlan();
  }

  setOptionValues(values: Record<string, unknown>): void {
    this._optionValues = values;
    if (this._plan && this._optionsForm) {
      const options = chosenOptions(this._plan.options, values);
      this._optionsForm = planForm(options, []);
    }
    if (this._optionsForm && Object.keys(this._optionErrors).length > 0) {
      this._checkOptions();
    }
    this._changed.emit();
  }

  /** Give the draft its name, and start it where its user wants it. */
  async deploy(): Promise<void> {
    this._checkOptions();
    if (Object.keys(this._optionErrors).length > 0) {
      this._changed.emit();
      return;
    }
    const { client } = this._options;
    const deployment = await this._do('deploying', async () => {
      const { id } = await this._finish();
      return client.deploy({
        module: id,
        // A service that knows one place only is not told which.
        ...(this._hasTargets && { target: this._target }),
        ...(this._hasTargets &&
          this._optionsForm && { options: this._optionValues })
      });
    });
    if (deployment) {
      this._deployment = deployment;
      this._changed.emit();
    }
  }

  /** Give the draft its name, and start it nowhere. */
  async keep(): Promise<void> {
    await this._do('saving', () => this._finish());
    this._changed.emit();
  }

  /** Write a Python project for the platform's own server. @param folder Below the root of Jupyter. */
  async writePython(folder: string): Promise<void> {
    const name = this._module?.name ?? this._draft?.name;
    if (!name) {
      return;
    }
    const written = await this._do('writing', () =>
      this._options.client.writePython(name, { from: 'jupyter', path: folder })
    );
    if (written) {
      this._python = written;
      this._changed.emit();
    }
  }

  /** Leave nothing of the draft behind. */
  async discard(): Promise<void> {
    const draft = this._draft;
    this._draft = null;
    if (draft) {
      await this._options.client.remove(draft.name).catch(() => {
        // It is in no list, and the service takes old drafts away.
      });
    }
  }

  private async _save(): Promise<void> {
    this._hasTried = true;
    this._check();
    if (Object.keys(this._fieldErrors).length > 0) {
      this._changed.emit();
      return;
    }
    const request = requestOf(
      this._inspection!,
      this._values,
      this._path!,
      this._example,
      this._replaces
    );
    const print = JSON.stringify(request);
    if (this._draft && print === this._draftPrint) {
      this._go(3);
      return;
    }
    const before = this._draft;
    const draft = await this._do('saving', () =>
      this._options.client.save(request)
    );
    if (!draft) {
      return;
    }
    if (this._isDisposed) {
      // The tab was closed while it was written.
      void this._options.client.remove(draft.name).catch(() => undefined);
      return;
    }
    this._draft = draft;
    this._draftPrint = print;
    this._page?.model.dispose();
    this._page = this._options.makePage(draft.id);
    void this._page.model.load();
    this._page.model.setTab('try');
    this._go(3);
    if (before) {
      await this._options.client.remove(before.name).catch(() => {
        // It is in no list, and the service takes old drafts away.
      });
    }
  }

  private async _finish(): Promise<KnownModule> {
    if (!this._module) {
      const saved = await this._options.client.finish(
        this._draft!.name,
        this._replaces
      );
      this._module = saved;
      this._draft = null;
    }
    return this._module;
  }

  private async _loadTargets(): Promise<void> {
    const { client, trans } = this._options;
    const targets = await this._do('asking', () => client.targets());
    if (targets === undefined) {
      return;
    }
    this._hasTargets = targets !== null;
    this._targets = targets ?? [
      {
        id: HERE,
        kind: 'process',
        title: trans.__('This machine'),
        state: 'reachable',
        said: ''
      }
    ];
    const isThere = this._targets.some(({ id }) => id === this._target);
    this._target = isThere ? this._target : (this._targets[0]?.id ?? HERE);
    this._targets.forEach(each => void this._askFirst(each));
    await this._loadPlan();
  }

  /** The list is as it was last heard of; a place that nobody has asked yet is asked now. */
  private async _askFirst({ id, state }: Target): Promise<void> {
    if (state !== 'unknown') {
      return;
    }
    try {
      const heard = await this._options.client.check(id);
      this._targets =
        this._targets?.map(each => (each.id === id ? heard : each)) ?? null;
      this._changed.emit();
    } catch {
      // It stays as it is, not asked yet, and its plan will say why.
    }
  }

  private async _loadPlan(): Promise<void> {
    const module = this._module?.id ?? this._draft?.id;
    const target = this._target;
    this._plan = null;
    this._optionsForm = null;
    this._optionErrors = {};
    this._changed.emit();
    if (!module || !this._hasTargets) {
      return;
    }
    const plan = await this._do('asking', () =>
      this._options.client.plan(target, module)
    );
    // Another target may have been chosen meanwhile.
    if (plan && target === this._target) {
      this._plan = plan;
      const form = planForm(chosenOptions(plan.options, {}), []);
      const isEmpty = form.first.length + form.more.length === 0;
      this._optionsForm = isEmpty ? null : form;
      this._optionValues = {};
      this._changed.emit();
    }
  }

  private _check(): void {
    const { trans } = this._options;
    this._fieldErrors = checkSettings(this._inspection!, this._values, trans);
  }

  private _checkOptions(): void {
    const { trans } = this._options;
    this._optionErrors = this._optionsForm
      ? checkValues(this._optionsForm, this._optionValues, trans)
      : {};
  }

  private _go(step: Step): void {
    this._step = step;
    this._error = null;
    this._changed.emit();
  }

  /** Undefined when it failed: then the error says why. */
  private async _do<T>(
    busy: Busy,
    work: () => Promise<T>
  ): Promise<T | undefined> {
    const turn = ++this._turn;
    this._busy = busy;
    this._error = null;
    this._changed.emit();
    try {
      return await work();
    } catch (reason) {
      if (turn === this._turn) {
        this._error = asRequestError(reason, this._options.trans);
        const { fields } = this._error.problem;
        if (fields && this._step === 2) {
          this._fieldErrors = fieldsOf(fields);
        }
      }
      return undefined;
    } finally {
      if (turn === this._turn && !this._isDisposed) {
        this._busy = null;
        this._changed.emit();
      }
    }
  }

  private readonly _changed = new Signal<WizardModel, void>(this);
  private _step: Step = 1;
  private _path: string | null = null;
  private _inspection: ModelInspection | null = null;
  private _form: IFormPlan | null = null;
  private _values: IWizardValues = { name: '' };
  private _fieldErrors: FieldErrors = {};
  private _example: string | null = null;
  private _error: DeepRequestError | null = null;
  private _busy: Busy | null = null;
  private _turn = 0;
  private _isTouched = false;
  private _hasTried = false;
  private _replaces = false;
  private _draft: SavedModel | null = null;
  private _draftPrint = '';
  private _page: IPageContext | null = null;
  private _targets: readonly Target[] | null = null;
  private _hasTargets = false;
  private _target = HERE;
  private _plan: TargetPlan | null = null;
  private _optionsForm: IFormPlan | null = null;
  private _optionValues: Record<string, unknown> = {};
  private _optionErrors: FieldErrors = {};
  private _module: KnownModule | null = null;
  private _deployment: Deployment | null = null;
  private _python: WrittenPythonModule | null = null;
  private _isDisposed = false;
}

export namespace WizardModel {
  export interface IOptions {
    client: WizardClient;
    trans: TranslationBundle;

    /** What tries a module. The wizard disposes of its model. */
    makePage: (module: string) => IPageContext;
  }
}
