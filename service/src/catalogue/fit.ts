import { Module, ModuleFit } from '@jupyterlab-deep/protocol';
import { IMachine, lacksOf } from '../machine/needs';
import { repositoryOf } from '../pythonModules/origin';

/** What decides whether modules run here. */
export interface ICatalogueMachine extends IMachine {
  /** Environments of Python modules can be made. */
  runsPython?: boolean;
}

/**
 * Whether a module can run here as it is: model folders run at once where the machine has what they ask for, anything else needs an
 * engine first.
 */
export function fitOf(
  module: Module,
  machine: ICatalogueMachine,
  running: ReadonlySet<string>
): ModuleFit {
  const trainingLacks = lacksOf(module.trainingResources, machine);
  return {
    ...predictingFit(module, machine, running),
    ...(trainingLacks.length > 0 && { trainingLacks })
  };
}

function predictingFit(
  module: Module,
  machine: ICatalogueMachine,
  running: ReadonlySet<string>
): ModuleFit {
  const lacks = lacksOf(module.resources, machine);
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
