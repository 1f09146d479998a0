import type { Module } from '@jupyterlab-deep/protocol';

/** Ways to narrow the list; `here` is what can be tried at once on this machine. */
export type Facet = 'here' | 'trainable' | 'pre-trained' | 'tool';

/** The two that people use first, then the others. */
export const FIRST_FACETS: readonly Facet[] = ['here', 'trainable'];
export const MORE_FACETS: readonly Facet[] = ['pre-trained', 'tool'];

export function hasFacet(module: Module, facet: Facet): boolean {
  return facet === 'here'
    ? runsHere(module) && module.capabilities.includes('inference')
    : module.capabilities.includes(facet);
}

/** Data-only folders run on this machine as they are; anything else needs an environment or an engine first. */
export function runsHere(module: Module): boolean {
  return !module.broken && module.runtime === 'onnx';
}

/** Those that have every one of the facets. */
export function narrow(
  modules: readonly Module[],
  facets: ReadonlySet<Facet>
): Module[] {
  return modules.filter(module =>
    [...facets].every(facet => hasFacet(module, facet))
  );
}

/** A plain search over what is at hand, for the time without a service. */
export function matchesText(module: Module, text: string): boolean {
  const { title, name, summary, tags, tasks } = module;
  const haystack = [title, name, summary, ...tags, ...tasks]
    .join(' ')
    .toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every(word => haystack.includes(word));
}
