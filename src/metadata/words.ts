import type { TranslationBundle } from '@jupyterlab/translation';

/** How keys of metadata are called in the form. */
export function labelOf(key: string, trans: TranslationBundle): string {
  const labels: Record<string, string> = {
    title: trans.__('Title'),
    summary: trans.__('Summary'),
    description: trans.__('Description'),
    doi: trans.__('DOI'),
    tags: trans.__('Tags'),
    tasks: trans.__('Tasks'),
    categories: trans.__('What it can do'),
    libraries: trans.__('Libraries'),
    'data-type': trans.__('Data'),
    created: trans.__('Created'),
    updated: trans.__('Updated'),
    self: trans.__('Metadata'),
    source_code: trans.__('Source code'),
    documentation: trans.__('Documentation'),
    docker_image: trans.__('Container image'),
    zenodo_doi: trans.__('Zenodo record'),
    dataset: trans.__('Data set'),
    weights: trans.__('Weights'),
    citation: trans.__('Citation'),
    base_model: trans.__('Base model'),
    inference: trans.__('To predict'),
    training: trans.__('To train'),
    cpu: trans.__('CPUs'),
    gpu: trans.__('GPUs'),
    memory_MB: trans.__('Memory (MB)'),
    gpu_memory_MB: trans.__('Memory of the GPU (MB)'),
    gpu_compute_capability: trans.__('Compute capability of the GPU'),
    storage_MB: trans.__('Disk (MB)')
  };
  return labels[key] ?? key;
}

/** What is said below a field. */
export function helpOf(key: string, trans: TranslationBundle): string {
  const words: Record<string, string> = {
    summary: trans.__('One sentence that is read in a list.'),
    description: trans.__('Markdown.'),
    tags: trans.__('Words of your own, with commas between them.'),
    docker_image: trans.__('Such as ai4oshub/name.'),
    doi: trans.__('Such as 10.5281/zenodo.1234567.')
  };
  return words[key] ?? '';
}
