import type {
  MetadataProblem,
  Module,
  ModuleDetail,
  ModuleFit
} from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import { formatSize } from '../shared/sizes';

/** Source of modules that are in no catalogue and known by their connection alone. */
const CONNECTED = 'connected';

/** Whether it can be tried now: here, or where it runs already. */
export function isUsable({ fit }: ModuleDetail): boolean {
  return ['here', 'environment', 'running'].includes(fit.state);
}

/** Whether it is known by its connection alone. */
export function isConnectedOnly({ id }: Pick<Module, 'id'>): boolean {
  return id.startsWith(`${CONNECTED}/`);
}

/** Why it cannot be tried, for people; empty when it can. */
export function whyUnusable(
  module: ModuleDetail,
  trans: TranslationBundle
): string {
  switch (module.fit.state) {
    case 'here':
    case 'environment':
    case 'running':
      return '';
    case 'broken':
      return whyBroken(module, trans);
    case 'lacking':
      return whyLacking(module, trans);
    case 'image':
      return whyElsewhere(module, trans);
  }
}

function whyBroken(module: Module, trans: TranslationBundle): string {
  const [problem] = module.problems;
  return problem
    ? trans.__('It is broken: %1', problemWords(problem, module, trans))
    : trans.__('It is broken; its catalogue gives no reason.');
}

/** `ai4-metadata.yml, line 12: …`: the file is named once, by the message itself or before it. */
export function problemWords(
  { message, line }: MetadataProblem,
  module: Module,
  trans: TranslationBundle
): string {
  const file = metadataFile(module);
  const place = [
    message.includes(file) ? '' : file,
    line === undefined ? '' : trans.__('line %1', line)
  ].filter(part => part !== '');
  return [...(place.length > 0 ? [place.join(', ')] : []), message].join(': ');
}

/** Name of the file that describes the module, or empty. */
export function metadataFile({ origins }: Module): string {
  return origins[0]?.url?.split(/[?#]/)[0].split('/').pop() ?? '';
}

function whyLacking(module: ModuleDetail, trans: TranslationBundle): string {
  const lacks = lackWords(module.fit, trans);
  return module.runtime === 'onnx'
    ? trans.__('This machine has not what it needs: %1.', lacks)
    : trans.__(
        'It does not run on this machine as it is, and would need more than there is: %1.',
        lacks
      );
}

/** `1 GPU (here: none), 64 GB of memory (here: 4 GB)` */
export function lackWords(
  { lacks }: Pick<ModuleFit, 'lacks'>,
  trans: TranslationBundle
): string {
  return lacks
    .map(({ what, needed, present }) => {
      switch (what) {
        case 'cpu':
          return trans._n(
            '%1 CPU (here: %2)',
            '%1 CPUs (here: %2)',
            needed,
            present
          );
        case 'gpu':
          return trans._n(
            '%1 GPU (here: %2)',
            '%1 GPUs (here: %2)',
            needed,
            present || trans.__('none')
          );
        case 'memory':
          return trans.__(
            '%1 of memory (here: %2)',
            formatSize(needed * 1e6),
            formatSize(present * 1e6)
          );
        case 'gpuMemory':
          return trans.__(
            '%1 of GPU memory (here: %2)',
            formatSize(needed * 1e6),
            formatSize(present * 1e6)
          );
        case 'disk':
          return trans.__(
            '%1 on disk (free here: %2)',
            formatSize(needed * 1e6),
            formatSize(present * 1e6)
          );
      }
    })
    .join(', ');
}

function whyElsewhere(module: ModuleDetail, trans: TranslationBundle): string {
  if (isConnectedOnly(module)) {
    return trans.__('It runs elsewhere, and is not connected now.');
  }
  return module.runtime === 'python'
    ? trans.__(
        'It is Python code: this machine cannot make an environment for it, because uv is not installed.'
      )
    : trans.__(
        'It is a container image: deploy it where an engine or a cloud can run it.'
      );
}
