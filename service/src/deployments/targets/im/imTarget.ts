import { DeepError, TargetPlan } from '@jupyterlab-deep/protocol';
import { ISettings } from '../../../admin/config';
import {
  IBeginning,
  IDeployable,
  IObserved,
  ITarget,
  ITargetCheck
} from '../target';
import { checkOf, TargetApi } from '../targetApi';
import { together } from '../together';
import { cloudsIn, quotasInWords } from './clouds';
import { Facts } from './facts';
import { ImApi } from './imApi';
import { checkAddresses } from './imports';
import { START_COMMAND, valuesOf } from './inputs';
import { startCommand } from './modelFolder';
import { choicesFor, IChoice, planFor } from './plan';
import { Removals } from './removals';
import { shownLength, withoutSecrets } from './said';
import { Standing } from './standing';
import { phaseOf } from './states';
import { filledTemplate, ITemplate } from './template';
import { Templates } from './templates';

/** Infrastructures that are looked at together. */
const AT_ONCE = 4;
const TITLE = 'The Infrastructure Manager';

/**
 * Deploys through an Infrastructure Manager: a TOSCA template with values, marked with the deployment in its metadata. The
 * handle is the infrastructure's id.
 */
export class ImTarget implements ITarget {
  constructor(private readonly _options: ImTarget.IOptions) {
    this.id = _options.id;
    this.title = _options.title;
    this.account = _options.account;
    this.templates = new Templates({
      folders: _options.templateFolders ?? [],
      userFolder: _options.userTemplateFolder,
      check: template => this._checkAddresses(template)
    });
    this._api = new ImApi(new TargetApi({ ..._options, title: TITLE }));
    this._facts = new Facts(this._api);
    this._removals = new Removals(this._api);
    this._standing = new Standing(this._api, this._facts);
  }

  readonly kind = 'im';
  readonly id: string;
  readonly title: string;
  readonly account?: string;
  readonly templates: Templates;

  async check(signal: AbortSignal): Promise<ITargetCheck> {
    try {
      const version = await this._api.version(signal);
      const found = await this._api.list(signal);
      const clouds = await this._clouds(signal);
      const said = `The Infrastructure Manager ${version} at ${this._api.host} answered; ${found.length} infrastructures are yours.`;
      if (clouds.length === 0) {
        return {
          state: 'needs-account',
          said: `${said} It was given no credentials of a cloud.`,
          hint: 'Add a cloud to the credentials of this target.'
        };
      }
      const used = await this._used(clouds, signal);
      return { state: 'reachable', said, ...(used && { used }) };
    } catch (error) {
      return checkOf(error);
    }
  }

  async plan(what: IDeployable, signal: AbortSignal): Promise<TargetPlan> {
    // Whoever plans is to hear now that nobody answers.
    await this._api.version(signal);
    const { templates, unusable } = await this.templates.read();
    const used = await this._used(await this._clouds(signal), signal);
    return planFor({
      target: this.id,
      host: this._api.host,
      what,
      templates,
      unusable,
      wheel: this._options.wheelUrl,
      ...(used && { cost: `Used at your clouds: ${used}.` })
    });
  }

  async find(
    deployment: string,
    signal: AbortSignal
  ): Promise<string | undefined> {
    const ids = await this._api.list(signal);
    for (let from = 0; from < ids.length; from += AT_ONCE) {
      const some = ids.slice(from, from + AT_ONCE);
      const facts = await together(some.map(id => this._facts.of(id, signal)));
      const at = facts.findIndex(each => each.deployment === deployment);
      if (at !== -1) {
        return some[at];
      }
    }
    return undefined;
  }

  async begin(
    deployment: string,
    what: IDeployable,
    options: Record<string, unknown>,
    { signal, onPhase, onLog }: IBeginning
  ): Promise<string> {
    onPhase('Asking the Infrastructure Manager whether it has it already');
    const there = await this.find(deployment, signal);
    if (there !== undefined) {
      return there;
    }
    const choice = await this._choice(what, options);
    await this._checkAddresses(choice.template);
    onPhase('Sending the template to the Infrastructure Manager');
    onLog(
      `The template ${choice.template.title} (${choice.template.from}) goes to ${this._api.host}.\n`
    );
    const tosca = filledTemplate(
      choice.template,
      inputsFor(choice, what, options),
      deployment,
      this._options.mirrors
    );
    const id = await this._create(deployment, tosca, signal);
    onLog(`It is the infrastructure ${id}.\n`);
    return id;
  }

  async observe(handle: string, signal: AbortSignal): Promise<IObserved> {
    const removal = await this._removals.standOf(handle, signal);
    if (removal === 'going') {
      return { state: 'waiting', phase: phaseOf({ state: 'deleting' }) };
    }
    const found =
      removal === undefined ? await this._api.state(handle, signal) : undefined;
    if (!found) {
      return {
        state: 'gone',
        phase: '',
        reason: `The Infrastructure Manager at ${this._api.host} knows no infrastructure ${handle} of yours: it was removed, or it belongs to other credentials.`
      };
    }
    const { resources } = await this._facts.of(handle, signal);
    const stands = await this._standing.of(handle, found, signal);
    return { ...stands, ...(resources && { resources }) };
  }

  async readLog(
    handle: string,
    after: string | undefined,
    signal: AbortSignal
  ): Promise<{ text: string; next: string }> {
    const log = (await this._api.log(handle, signal)) ?? '';
    const { secrets } = await this._facts.of(handle, signal);
    const end = shownLength(log, secrets);
    // A configuration that was begun anew has a log of its own.
    const seen = Number(after ?? 0);
    const from = seen > log.length ? 0 : seen;
    const text = withoutSecrets(log.slice(from, end), secrets);
    return { text, next: String(Math.max(from, end)) };
  }

  /** Machines that stand still still use what they were given: so they are removed. */
  stop(handle: string, signal: AbortSignal): Promise<void> {
    return this._removals.order(handle, signal);
  }

  async remove(handle: string, signal: AbortSignal): Promise<void> {
    await this._removals.finish(handle, signal);
    this._facts.forget(handle);
  }

  private async _choice(
    what: IDeployable,
    options: Record<string, unknown>
  ): Promise<IChoice> {
    const { templates } = await this.templates.read();
    const choices = choicesFor(what, templates, this._options.wheelUrl);
    const wanted = options.template ?? choices[0]?.template.id;
    const choice = choices.find(({ template }) => template.id === wanted);
    if (!choice) {
      throw new DeepError(
        'invalid-request',
        `${what.module.title} cannot be deployed by the template ${String(wanted)}: there is no such template, or it does not fit.`,
        { hint: 'Open the form of the target anew.' }
      );
    }
    return choice;
  }

  private _checkAddresses(template: ITemplate): Promise<void> {
    const { privateHosts = [] } = this._options.network;
    return checkAddresses(template, privateHosts);
  }

  /** When nobody knows whether the template arrived, the mark in it tells. */
  private async _create(
    deployment: string,
    tosca: string,
    signal: AbortSignal
  ): Promise<string> {
    try {
      const id = await this._api.create(tosca, signal);
      // It writes the template, and so the mark, to its disk when it is asked for the state the first time.
      await this._api.state(id, signal);
      return id;
    } catch (error) {
      if (error instanceof DeepError && error.key === 'target-unreachable') {
        const id = await this.find(deployment, signal).catch(() => undefined);
        if (id !== undefined) {
          return id;
        }
      }
      throw error;
    }
  }

  private async _clouds(signal: AbortSignal): Promise<string[]> {
    return cloudsIn(await this._options.authorization(signal));
  }

  private async _used(
    clouds: string[],
    signal: AbortSignal
  ): Promise<string | undefined> {
    const found = await together(
      clouds.map(async cloud => {
        const quotas = await this._api.quotas(cloud, signal);
        const words = quotas && quotasInWords(quotas);
        return words ? [`${cloud}: ${words}`] : [];
      })
    );
    return found.flat().join('; ') || undefined;
  }

  private readonly _api: ImApi;
  private readonly _facts: Facts;
  private readonly _removals: Removals;
  private readonly _standing: Standing;
}

export namespace ImTarget {
  export interface IOptions {
    /** `im:egi` */
    id: string;
    title: string;
    /** Base of its REST interface. */
    address: string;
    network: ISettings['network'];
    /** A person confirmed that the address need not be public. */
    allowPrivate?: boolean;
    /** Id of the account that it needs. */
    account?: string;
    /**
     * Value of the header `Authorization`, one line: `type = InfrastructureManager; … \n id = …; type = …`, where `\n` is a
     * backslash and an n.
     *
     * @throws DeepError `account-needed`
     */
    authorization(signal: AbortSignal): Promise<string>;
    /** Folders of TOSCA files of the administrator and the user; later ones win by name. */
    templateFolders?: readonly string[];
    /** The one of them where files that the user brings are kept. */
    userTemplateFolder?: string;
    /** Addresses that are taken instead of those that templates name, such as of type definitions. */
    mirrors?: Record<string, string>;
    /** Where the wheel of jupyterlab-deep can be had from a cloud; without it model folders cannot be deployed. */
    wheelUrl?: string;
  }
}

const inputsFor = (
  { template, isForFolder }: IChoice,
  what: IDeployable,
  options: Record<string, unknown>
): Record<string, unknown> => ({
  ...valuesOf(template, options, what.module),
  ...(isForFolder && {
    [START_COMMAND]: startCommand(what.module.name, options)
  })
});
