import { Module } from '@jupyterlab-deep/protocol';
import { together } from '../together';
import { formOf, Schema } from './form';
import { titleLength } from './handle';
import { organisationsIn } from './organisations';
import { PapiApi } from './papiApi';
import { IPapiChoice, TRY_ME } from './plan';

/** As long as the ids of deployments are. */
const AN_ID = '0123456789';

/** What somebody may choose for a module. */
export interface IOffer {
  choices: IPapiChoice[];
  warnings: string[];
}

/** Finds out where somebody may deploy a module, and what the platform asks for there. */
export class Offers {
  constructor(
    private readonly _api: PapiApi,
    private readonly _options: Offers.IOptions
  ) {}

  /** Those that may deploy: the administrator's word, else the token's. */
  async organisations(signal: AbortSignal): Promise<string[]> {
    const token = await this._options.token(signal);
    return [...(this._options.vos ?? organisationsIn(token).deploying)];
  }

  async of(module: Module, signal: AbortSignal): Promise<IOffer> {
    const vos = await this.organisations(signal);
    const warnings = await this._lowLevels(signal);
    if (isHere(module)) {
      return { choices: [], warnings };
    }
    const found = await together(
      vos.map(vo => this._offerIn(vo, module, signal))
    );
    const offers = found.flatMap(offer => offer ?? []);
    // Where nobody may deploy, nobody has said whether the platform has it.
    const isKnown = offers.length > 0 || vos.length === 0;
    const mayTry = kindOf(module) === 'module' && isKnown;
    return {
      choices: [
        ...offers.flatMap(({ choices }) => choices),
        ...(mayTry ? [TRYING] : [])
      ],
      warnings: [...warnings, ...offers.flatMap(each => each.warnings)]
    };
  }

  /** Undefined where the platform does not have it. */
  private async _offerIn(
    vo: string,
    module: Module,
    signal: AbortSignal
  ): Promise<IOffer | undefined> {
    const { hasStorage } = this._options;
    const kind = kindOf(module);
    const config = await this._api.configuration(kind, module.name, vo, signal);
    if (config === undefined) {
      return undefined;
    }
    const form = formOf(config, titleLength(AN_ID), hasStorage);
    const properties = { ...form.properties, ...(hasStorage && USE_STORAGE) };
    return {
      choices: [{ id: vo, title: vo, properties }],
      warnings: form.warnings
    };
  }

  private async _lowLevels(signal: AbortSignal): Promise<string[]> {
    const { low } = organisationsIn(await this._options.token(signal));
    return low.map(
      ({ vo, level }) =>
        `Your level of access in ${vo} (${level}) allows no deployments there.`
    );
  }
}

export namespace Offers {
  export interface IOptions {
    /** @throws DeepError `account-needed` */
    token(signal: AbortSignal): Promise<string>;
    /** Virtual organisations that are offered; by default those that the token names. */
    vos?: readonly string[];
    /** A linked storage can be given to deployments. */
    hasStorage: boolean;
  }
}

const TRYING: IPapiChoice = {
  id: TRY_ME,
  title: 'Only try it: a page for about 10 minutes, on CPUs',
  properties: {}
};

const USE_STORAGE: Record<string, Schema> = {
  use_storage: {
    type: 'boolean',
    title: 'Let it use my cloud storage',
    description: 'It is mounted at /storage there.',
    default: false
  }
};

export const kindOf = ({ capabilities }: Module): 'module' | 'tool' =>
  capabilities.includes('tool') ? 'tool' : 'module';

/** A folder or code of this machine, of which no catalogue has an image. */
export const isHere = ({ image, runtime }: Module): boolean =>
  image === undefined && runtime !== 'container';
