import { homedir } from 'node:os';
import { TargetSetting } from '@jupyterlab-deep/protocol';
import { ISettings } from '../../admin/config';
import { EventStream } from '../../http/events';
import { ILimits } from '../../machine/limits';
import { IMachine } from '../../machine/needs';
import { IPlaces } from '../../places';
import type { Accounts } from '../../accounts/accounts';
import type { StorageAccounts } from '../../storage/accounts/storageAccounts';
import { Store } from '../../store/store';
import { accountEnd, cloudTarget } from './cloudTargets';
import { ContainerTarget } from './container/containerTarget';
import {
  IEngineChoice,
  parseEngineAddress,
  usualEngines
} from './container/engineAddress';
import { Engines } from './container/engines';
import { ProcessPlace } from './processPlace';
import { ITarget } from './target';
import { Targets } from './targets';

/** What targets are made of. */
export interface ITargetParts {
  places: IPlaces;
  settings: ISettings;
  events: EventStream;
  machine: ILimits;
  /** What this machine has now, GPUs and free space among it. */
  present(): Promise<IMachine>;
  /** Threads that a module may use. */
  threads: number;
  /** Whether environments can be made here. */
  runsPython: boolean;
  env: Record<string, string | undefined>;
  accounts: Accounts;
  storages: StorageAccounts;
  store: Store;
}

/** This machine, the engine on it, and what the administrator has added. */
export function makeTargets(parts: ITargetParts): Targets {
  const { settings, events, env } = parts;
  const { disabled, more } = settings.targets;
  const targets = new Targets({ events, disabled });
  targets.addFace(new ProcessPlace(parts));
  const uid = process.getuid?.() ?? 0;
  const usual = (): IEngineChoice[] => usualEngines(env, homedir(), uid);
  targets.add(
    containerTarget(parts, {
      id: 'container',
      title: 'Containers on this machine',
      choices: usual
    })
  );
  for (const setting of more) {
    const accountUntil = () => accountEnd(parts.accounts, setting);
    targets.add(makeTarget(parts, setting), { accountUntil });
  }
  return targets;
}

/** @param allowPrivate Who named it knows that its address need not be public. */
export const makeTarget = (
  parts: ITargetParts,
  setting: TargetSetting,
  allowPrivate = true
): ITarget =>
  setting.kind === 'container'
    ? addedTarget(parts, setting)
    : cloudTarget(parts, setting, allowPrivate);

function addedTarget(
  parts: ITargetParts,
  setting: TargetSetting
): ContainerTarget {
  const { id, title, address: text, options } = setting;
  const address = parseEngineAddress(text, setting);
  return containerTarget(parts, {
    id: `container:${id}`,
    title: title ?? `Containers of ${id}`,
    choices: () => [{ by: '', address }],
    defaults: options
  });
}

function containerTarget(
  { settings, places, env, present }: ITargetParts,
  {
    choices,
    ...about
  }: Pick<ContainerTarget.IOptions, 'id' | 'title' | 'defaults'> & {
    choices(): IEngineChoice[];
  }
): ContainerTarget {
  return new ContainerTarget({
    ...about,
    engines: new Engines(choices),
    settings,
    present,
    nodeHome: places.nodeHome,
    sockets: places.sockets,
    env
  });
}
