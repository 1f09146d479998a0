import { Module, ModuleFit } from '@jupyterlab-deep/protocol';
import { repositoryOf } from '../pythonModules/origin';

/** What this machine has. */
export interface IMachine {
  cpus: number;
  memoryBytes: number;
  gpus: number;
  /** Environments of Python modules can be made. */
  runsPython?: boolean;
}

const BYTES_PER_MB = 1e6;

/**
 * Whether a module can run here as it is: model folders run at once where the machine has what they ask for, anything else needs an
 * engine first.
 */
export function fitOf(
  module: Module,
  machine: IMachine,
  running: ReadonlySet<string>
): ModuleFit {
  const lacks = lacksOf(module, machine);
  const ids = [module.id, ...module.origins.map(({ id }) => id)];
  if (ids.some(id => running.has(id))) {
    return { state: 'running', lacks };
  }
  if (module.broken) {
    return { state: 'broken', lacks };
  }
  if (lacks.length > 0) {
    return { state: 'lacking', lacks };
  }
  if (module.runtime === 'onnx') {
    return { state: 'here', lacks };
  }
  const hasCode = module.runtime === 'python' || repositoryOf(module);
  return {
    state: hasCode && machine.runsPython ? 'environment' : 'image',
    lacks
  };
}

function lacksOf(
  { resources }: Module,
  { cpus, memoryBytes, gpus }: IMachine
): ModuleFit['lacks'] {
  const { cpu = 0, gpu = 0, memoryMb = 0 } = resources ?? {};
  const needs = [
    { what: 'cpu', needed: cpu, present: cpus },
    { what: 'gpu', needed: gpu, present: gpus },
    {
      what: 'memory',
      needed: memoryMb,
      present: Math.round(memoryBytes / BYTES_PER_MB)
    }
  ] as const;
  return needs.filter(({ needed, present }) => needed > present);
}
