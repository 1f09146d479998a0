import { Module } from '@jupyterlab-deep/protocol';
import { together } from '../together';
import { formOf, Schema } from './form';
import { titleLength } from './handle';
import { organisationsIn } from './organisations';
import { PapiApi } from './papiApi';
import { IPapiChoice, TRY_ME } from './plan';
import { IPapiStorages, IStorageChoice } from './storage';

/** As long as the ids of deployments are, and those of runs. */
const AN_ID = '0123456789';
const A_RUN = '0123456789abcdef';

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
    const offers = await this._offersIn(vos, module, 'deployment', signal);
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

  /** A batch job of a module: the same form without what is for answering. */
  async ofJob(module: Module, signal: AbortSignal): Promise<IOffer> {
    const vos = await this.organisations(signal);
    const warnings = await this._lowLevels(signal);
    if (isHere(module) || kindOf(module) !== 'module') {
      return { choices: [], warnings };
    }
    const offers = await this._offersIn(vos, module, 'job', signal);
    return {
      choices: offers.flatMap(({ choices }) => choices),
      warnings: [...warnings, ...offers.flatMap(each => each.warnings)]
    };
  }

  private async _offersIn(
    vos: readonly string[],
    module: Module,
    as: 'deployment' | 'job',
    signal: AbortSignal
  ): Promise<IOffer[]> {
    const found = await together(
      vos.map(vo => this._offerIn(vo, module, as, signal))
    );
    return found.flatMap(offer => offer ?? []);
  }

  /** Undefined where the platform does not have it. */
  private async _offerIn(
    vo: string,
    module: Module,
    as: 'deployment' | 'job',
    signal: AbortSignal
  ): Promise<IOffer | undefined> {
    const kind = kindOf(module);
    const config = await this._api.configuration(kind, module.name, vo, signal);
    if (config === undefined) {
      return undefined;
    }
    const storages = this._storages.filter(({ isAllowed }) => isAllowed);
    const form = formOf(config, {
      titleLength: titleLength(as === 'job' ? A_RUN : AN_ID),
      hasStorage: storages.length > 0,
      isJob: as === 'job'
    });
    const storage = storageChoice(storages, as === 'job');
    const properties = { ...storage, ...form.properties };
    const isTyped = as === 'job' && storages.length === 0;
    return {
      choices: [
        {
          id: vo,
          title: vo,
          properties,
          ...(isTyped && { required: ['storage'] })
        }
      ],
      warnings: form.warnings
    };
  }

  private get _storages(): IStorageChoice[] {
    return this._options.storages?.list() ?? [];
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
    /** What deployments can be given. */
    storages?: IPapiStorages;
  }
}

const TRYING: IPapiChoice = {
  id: TRY_ME,
  title: 'Only try it: a page for about 10 minutes, on CPUs',
  properties: {}
};

/** Nothing where none can be given. */
function storageChoice(
  storages: readonly IStorageChoice[],
  isNeeded: boolean
): Record<string, Schema> {
  const choices = [
    ...(isNeeded ? [] : [{ const: '', title: 'None' }]),
    ...storages.map(({ id, title }) => ({ const: id, title }))
  ];
  return storages.length === 0
    ? {}
    : {
        use_storage: {
          type: 'string',
          title: 'Cloud storage',
          description:
            'It is mounted at /storage there; the platform is given a password of its own for it.',
          oneOf: choices,
          default: choices[0].const
        }
      };
}

export const kindOf = ({ capabilities }: Module): 'module' | 'tool' =>
  capabilities.includes('tool') ? 'tool' : 'module';

/** A folder or code of this machine, of which no catalogue has an image. */
export const isHere = ({ image, runtime }: Module): boolean =>
  image === undefined && runtime !== 'container';
