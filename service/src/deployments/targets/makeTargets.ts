import { ISettings } from '../../admin/config';
import { EventStream } from '../../http/events';
import { ILimits } from '../../machine/limits';
import { ProcessPlace } from './processPlace';
import { Targets } from './targets';

/** This machine, the engines on it, and what the administrator has added. */
export function makeTargets({
  settings,
  events,
  machine,
  threads,
  runsPython
}: ITargetParts): Targets {
  const { disabled } = settings.targets;
  const targets = new Targets({ events, disabled });
  targets.addFace(new ProcessPlace({ settings, threads, machine, runsPython }));
  return targets;
}

interface ITargetParts {
  settings: ISettings;
  events: EventStream;
  machine: ILimits;
  threads: number;
  runsPython: boolean;
}
