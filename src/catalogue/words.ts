import type {
  CatalogueSource,
  FacetName,
  ModuleCard
} from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import { formatSize } from '../shared/sizes';
import { formatAgo } from '../shared/time';

const BYTES_PER_MB = 1e6;

/** Whether a module runs here, or what stands in its way. */
export function fitWords(
  { fit, problems }: Pick<ModuleCard, 'fit' | 'problems'>,
  trans: TranslationBundle
): string {
  switch (fit.state) {
    case 'here':
      return trans.__('runs here');
    case 'running':
      return trans.__('running');
    case 'environment':
      return trans.__('runs here once you agree');
    case 'image':
      return trans.__('container image');
    case 'lacking':
      return fit.lacks.map(lack => lackWords(lack, trans)).join(', ');
    case 'broken':
      return trans.__(
        'broken: %1',
        problems[0]?.message ?? trans.__('no reason is given')
      );
  }
}

type Lack = ModuleCard['fit']['lacks'][number];

function lackWords(
  { what, needed, present }: Lack,
  trans: TranslationBundle
): string {
  switch (what) {
    case 'cpu':
      return trans.__('needs %1 CPUs, this machine has %2', needed, present);
    case 'gpu':
      return present === 0
        ? trans.__('needs a GPU')
        : trans.__('needs %1 GPUs, this machine has %2', needed, present);
    case 'memory':
      return trans.__(
        'needs %1, this machine has %2',
        formatSize(needed * BYTES_PER_MB),
        formatSize(present * BYTES_PER_MB)
      );
    case 'gpuMemory':
      return trans.__(
        'needs %1 of GPU memory, this machine’s GPU has %2',
        formatSize(needed * BYTES_PER_MB),
        formatSize(present * BYTES_PER_MB)
      );
    case 'disk':
      return trans.__(
        'needs %1 of disk, %2 are free',
        formatSize(needed * BYTES_PER_MB),
        formatSize(present * BYTES_PER_MB)
      );
  }
}

/** Names of the facets, in the order in which they are shown. */
export function facetTitles(
  trans: TranslationBundle
): [facet: FacetName, title: string][] {
  return [
    ['capability', trans.__('Can')],
    ['fit', trans.__('On this machine')],
    ['task', trans.__('Task')],
    ['dataType', trans.__('Data')],
    ['library', trans.__('Library')],
    ['source', trans.__('Source')],
    ['licence', trans.__('Licence')]
  ];
}

/** What a value of a facet is called. */
export function facetValueTitle(
  facet: FacetName,
  value: string,
  sources: readonly CatalogueSource[],
  trans: TranslationBundle
): string {
  if (facet === 'source') {
    return (
      sources.find(({ id }) => id === value)?.title ??
      (value === 'connected' ? trans.__('Connected') : value)
    );
  }
  const titles: Record<string, string> = {
    inference: trans.__('Predict'),
    trainable: trans.__('Be trained'),
    'pre-trained': trans.__('Pre-trained'),
    tool: trans.__('Tool'),
    here: trans.__('Runs here'),
    running: trans.__('Running'),
    environment: trans.__('Installed here first'),
    image: trans.__('Container image'),
    lacking: trans.__('Needs more than there is'),
    broken: trans.__('Broken')
  };
  const isOurs = facet === 'capability' || facet === 'fit';
  return isOurs ? (titles[value] ?? value) : value;
}

/** The state of a source in a sentence. */
export function sourceState(
  source: CatalogueSource,
  trans: TranslationBundle
): string {
  const { enabled, isRefreshing, progress, failingSince, updatedAt } = source;
  if (!enabled) {
    return trans.__('off');
  }
  if (isRefreshing) {
    return progress
      ? trans.__('reading %1 of %2', progress.done, progress.total)
      : trans.__('reading…');
  }
  if (failingSince) {
    return trans.__(
      'offline since %1',
      new Date(failingSince).toLocaleTimeString([], { timeStyle: 'short' })
    );
  }
  return updatedAt
    ? trans.__('updated %1', formatAgo(new Date(updatedAt)))
    : trans.__('not read yet');
}
