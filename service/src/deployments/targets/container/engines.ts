import { DeepError } from '@jupyterlab-deep/protocol';
import { gigabytes } from '../../../machine/sizes';
import { ITargetCheck } from '../target';
import { Engine, IEngineAbout } from './engine';
import {
  IEngineAddress,
  IEngineChoice,
  mayBeThere,
  parseEngineAddress
} from './engineAddress';

/** What came of asking every engine that may be there. */
interface IFound {
  engine?: Engine;
  about?: IEngineAbout;
  /** What was tried without success, and what answered. */
  tried: string[];
  hint?: string;
}

/** The engines that a target may mean: one by the administrator, or those that are found. */
export class Engines {
  /** @param _choices Asked each time: sockets come and go. */
  constructor(private readonly _choices: () => IEngineChoice[]) {}

  /**
   * The engine that takes new deployments: the first that answers.
   *
   * @throws DeepError `target-unreachable` with everything that was tried
   */
  async first(signal: AbortSignal): Promise<Engine> {
    const { engine, tried, hint } = await this._find(each =>
      each.reach(signal)
    );
    if (!engine) {
      throw new DeepError('target-unreachable', noneSays(tried), { hint });
    }
    return engine;
  }

  /** Every engine that could have something of ours. */
  get possible(): Engine[] {
    return this._choices().flatMap(({ address }) =>
      address && mayBeThere(address) ? [this._engine(address)] : []
    );
  }

  /** The one at an address. */
  at(text: string): Engine {
    const chosen = this._choices().find(each => each.address?.text === text);
    return this._engine(chosen?.address ?? parseEngineAddress(text));
  }

  async check(signal: AbortSignal): Promise<ITargetCheck> {
    const { engine, about, tried, hint } = await this._find(each =>
      each.refresh(signal)
    );
    if (!engine || !about) {
      return { state: 'unreachable', said: noneSays(tried), hint };
    }
    const before = tried.length > 0 ? ` Before: ${tried.join('; ')}.` : '';
    return {
      state: 'reachable',
      said: `${about.name} (API ${about.api}) answers at ${engine.address.text}.${before}`,
      used: `${about.cpus} CPUs, ${gigabytes(about.memoryBytes)} of memory`
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this._known.values()].map(each => each.close()));
  }

  private async _find(
    ask: (engine: Engine) => Promise<IEngineAbout>
  ): Promise<IFound> {
    const tried: string[] = [];
    let hint: string | undefined;
    for (const { by, address } of this._choices()) {
      const place = [by, address?.text].filter(Boolean).join(' ');
      if (!address || !mayBeThere(address)) {
        const why = address ? 'there is no such socket' : 'that is no address';
        tried.push(`${place}: ${why}`);
        continue;
      }
      const engine = this._engine(address);
      try {
        return { engine, about: await ask(engine), tried };
      } catch (error) {
        const { detail, hint: says } = error as DeepError;
        tried.push(
          `${place}: ${detail.split(': ').slice(1).join(': ') || detail}`.replace(
            /\.$/,
            ''
          )
        );
        hint ??= says;
      }
    }
    return { tried, hint: hint ?? START };
  }

  private _engine(address: IEngineAddress): Engine {
    const known = this._known.get(address.text) ?? new Engine(address);
    this._known.set(address.text, known);
    return known;
  }

  private readonly _known = new Map<string, Engine>();
}

const START =
  'Install Podman or Docker, or start its service (`systemctl --user start podman.socket`), then check again.';

const noneSays = (tried: string[]): string =>
  `No container engine answered. Tried: ${tried.join('; ')}.`;
