import { TargetPlan } from '@jupyterlab-deep/protocol';
import { ISettings } from '../../admin/config';
import { IMachine, lacksOf, lackSentences } from '../../machine/needs';
import { gigabytes } from '../../machine/sizes';
import { IDeployable, ITargetCheck, ITargetFace } from './target';

/** What can be chosen for a process. */
export interface IProcessChoices {
  threads?: number;
  memoryMb?: number;
  idleMinutes?: number;
}

/** This machine, as the default place for modules. */
export class ProcessPlace implements ITargetFace {
  constructor(private readonly _options: ProcessPlace.IOptions) {}

  readonly id = 'process';
  readonly kind = 'process';
  readonly title = 'This machine';

  async check(): Promise<ITargetCheck> {
    const { cpus, memoryBytes } = this._options.machine;
    const threads = Math.max(1, Math.floor(cpus));
    return {
      state: 'reachable',
      said: `${threads === 1 ? 'One CPU' : `${threads} CPUs`} and ${gigabytes(memoryBytes)} of memory.`
    };
  }

  async plan({ module, folder }: IDeployable): Promise<TargetPlan> {
    const { settings, runsPython } = this._options;
    const isPython = module.runtime !== 'onnx' || folder === undefined;
    const hasCode = folder !== undefined || module.links.source_code;
    const isPossible = !isPython || (runsPython && Boolean(hasCode));
    const says = isPython
      ? `${module.title} runs as a Python process of yours, in an environment that is made at its first start.`
      : `${module.title} runs as a process of yours, on a socket that only you can open.`;
    return {
      target: this.id,
      module: module.id,
      isPossible,
      ...(!isPossible && {
        reason: runsPython
          ? `${module.title} is a container image: deploy it to an engine or a cloud.`
          : 'Python modules need the program uv, which is not installed here.'
      }),
      options: this._schema,
      says: [
        says,
        settings.limits.moduleIdleMinutes > 0
          ? 'It goes on when Jupyter is closed, and ends by itself when nobody uses it.'
          : 'It goes on when Jupyter is closed, until it is stopped.'
      ],
      warnings: lackSentences(
        module.title,
        lacksOf(module.resources, await this._options.present())
      )
    };
  }

  private get _schema(): object {
    const { settings, threads, machine } = this._options;
    const cpus = Math.max(1, Math.floor(machine.cpus));
    return {
      type: 'object',
      additionalProperties: false,
      properties: {
        threads: {
          type: 'integer',
          title: 'Threads',
          description: `Of ${cpus} that this machine has.`,
          minimum: 1,
          maximum: Math.max(cpus, threads),
          default: threads
        },
        memoryMb: {
          type: 'integer',
          title: 'Memory limit, MB',
          description: 'A module that uses more is ended; 0: no limit.',
          minimum: 0,
          default: 0
        },
        idleMinutes: {
          type: 'number',
          title: 'Stop after minutes without use',
          description: '0: never.',
          minimum: 0,
          maximum: 35_000,
          default: settings.limits.moduleIdleMinutes
        }
      }
    };
  }
}

export namespace ProcessPlace {
  export interface IOptions {
    settings: ISettings;
    threads: number;
    machine: { cpus: number; memoryBytes: number };
    /** The same as it is now, with GPUs and free space. */
    present(): Promise<IMachine>;
    /** Whether environments can be made here. */
    runsPython: boolean;
  }
}
