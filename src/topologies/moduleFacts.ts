import type {
  Consent,
  Problem,
  TopologyModule,
  TopologyNode,
  TopologyPorts
} from '@jupyterlab-deep/protocol';
import { portsOf } from '@jupyterlab-deep/protocol/lib/topologies/ports';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ISignal, Signal } from '@lumino/signaling';
import type { ICatalogue } from '../catalogue/tokens';
import type { AskForConsent } from '../deployments/deployDialog';
import { asRequestError, DeepRequestError } from '../service/errors';
import type { TopologiesClient } from './client';

interface IModuleFactsOptions {
  client: TopologiesClient;
  catalogue: ICatalogue;
  askForConsent: AskForConsent;
  trans: TranslationBundle;
}

/** What is known of the modules that documents name. */
export class ModuleFacts {
  constructor(private readonly _options: IModuleFactsOptions) {}

  get changed(): ISignal<ModuleFacts, void> {
    return this._changed;
  }

  /** Agreed to while this editor is open, by module; runs send them. */
  get consents(): Readonly<Record<string, Consent>> {
    return this._consents;
  }

  /** Those of a module as it says itself; until it was asked, as its metadata say. */
  portsOf(node: TopologyNode): TopologyPorts {
    if (node.kind !== 'module') {
      return portsOf(node);
    }
    const answer = this._answers.get(node.module);
    return answer
      ? portsOf(node, answer)
      : (this._ports.get(node.module) ?? portsOf(node));
  }

  /** Whether its ports are those that it will have when it runs. */
  isKnown(node: TopologyNode): boolean {
    return node.kind !== 'module' || this._answers.has(node.module);
  }

  /** What it said when it was last asked, before it was changed; undefined where nobody has asked it. */
  earlier(module: string): TopologyModule | undefined {
    return this._earlier.get(module);
  }

  hasAgreed(module: string): boolean {
    return module in this._consents;
  }

  /** undefined until it was asked, now or by an earlier run. */
  answer(module: string): TopologyModule | undefined {
    return this._answers.get(module);
  }

  failure(module: string): Problem | undefined {
    return this._failures.get(module);
  }

  isAsking(module: string): boolean {
    return this._asking.has(module);
  }

  /** What it is called; its id until the catalogue has answered. */
  title(module: string): string {
    if (!this._titles.has(module)) {
      this._titles.set(module, module);
      void this._findTitle(module);
    }
    return this._titles.get(module)!;
  }

  /** Told by a check, which starts nothing. */
  takePorts(module: string, ports: TopologyPorts): void {
    this._ports.set(module, ports);
    if (!this._answers.has(module) && !this._lookedFor.has(module)) {
      this._lookedFor.add(module);
      void this._look(module);
    }
  }

  /** Runs ask modules too: what is not known is looked for once more with the next check. */
  lookAgain(): void {
    this._lookedFor.clear();
  }

  /**
   * Have the service ask the module for its API, which starts it if need be.
   *
   * @param isOrdered - by a person, who may be asked to agree to foreign code.
   */
  async ask(module: string, isOrdered: boolean): Promise<void> {
    if (this._asking.has(module)) {
      return;
    }
    this._asking.add(module);
    this._failures.delete(module);
    this._changed.emit();
    try {
      const answer = await this._askOrAgree(module, isOrdered);
      if (answer) {
        this._answers.set(module, answer);
      }
    } catch (reason) {
      const { problem } = asRequestError(reason, this._options.trans);
      this._failures.set(module, problem);
    }
    this._asking.delete(module);
    this._changed.emit();
  }

  /** @returns whether its user agreed. */
  async agree(module: string, refused: Problem): Promise<boolean> {
    const consent = await this._options.askForConsent(module, refused);
    if (consent) {
      this._consents[module] = consent;
      this._changed.emit();
    }
    return consent !== null;
  }

  private async _askOrAgree(
    module: string,
    isOrdered: boolean
  ): Promise<TopologyModule | null> {
    const { client } = this._options;
    try {
      const consent = this._consents[module];
      return await client.askModule({ module, ...(consent && { consent }) });
    } catch (reason) {
      const isRefused =
        reason instanceof DeepRequestError && reason.key === 'consent-needed';
      if (!isRefused || !isOrdered) {
        throw reason;
      }
      if (!(await this.agree(module, reason.problem))) {
        return null;
      }
      return client.askModule({ module, consent: this._consents[module] });
    }
  }

  /** What the service last knew of it: so a document shows its arguments when it is opened. */
  private async _look(module: string): Promise<void> {
    try {
      const known = await this._options.client.knownModule(module);
      if (known.module && !this._answers.has(module)) {
        const found = known.isCurrent ? this._answers : this._earlier;
        found.set(module, known.module);
        this._changed.emit();
      }
    } catch (reason) {
      // It is looked for with the next check; until then the document itself tells what was said of it.
      this._lookedFor.delete(module);
      console.warn('What is known of a module was not told.', reason);
    }
  }

  private async _findTitle(module: string): Promise<void> {
    try {
      const { title } = await this._options.catalogue.get(module);
      this._titles.set(module, title);
      this._changed.emit();
    } catch {
      // A check says that nobody knows the module; until then its id is its name.
    }
  }

  private readonly _changed = new Signal<ModuleFacts, void>(this);
  private readonly _titles = new Map<string, string>();
  private readonly _ports = new Map<string, TopologyPorts>();
  private readonly _answers = new Map<string, TopologyModule>();
  private readonly _earlier = new Map<string, TopologyModule>();
  private readonly _lookedFor = new Set<string>();
  private readonly _failures = new Map<string, Problem>();
  private readonly _asking = new Set<string>();
  private readonly _consents: Record<string, Consent> = {};
}
