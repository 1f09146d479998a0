import type { Dataset, Run, StorageAccount } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import { formatSize } from '../shared/sizes';
import { formatAgo, formatElapsed } from '../shared/time';

/** A shape beside the words, so that colour is never alone. */
export const DATASET_SIGNS: Record<Dataset['state'], string> = {
  preparing: '◐',
  copying: '◐',
  syncing: '◐',
  ready: '●',
  'needs-login': '▲',
  unreachable: '▲',
  failed: '▲'
};

export function quotaWords(
  { quota }: StorageAccount,
  trans: TranslationBundle
): string {
  if (!quota) {
    return '';
  }
  const used = formatSize(quota.usedBytes);
  return quota.totalBytes === undefined
    ? trans.__('%1 used', used)
    : trans.__('%1 of %2', used, formatSize(quota.totalBytes));
}

/** How kernels see it; the state where there is more to say than that. */
export function datasetState(
  { state, way, here, there }: Dataset,
  trans: TranslationBundle
): string {
  switch (state) {
    case 'preparing':
      return trans.__('preparing');
    case 'copying':
      return there
        ? trans.__(
            'copying %1 of %2 files',
            here.files.toLocaleString(),
            there.files.toLocaleString()
          )
        : trans.__('copying');
    case 'syncing':
      return trans.__('synchronizing');
    case 'ready':
      return wayWords(way, trans);
    case 'needs-login':
      return trans.__('link the account again');
    case 'unreachable':
      return trans.__('the cloud does not answer');
    case 'failed':
      return trans.__('failed');
  }
}

export function wayWords(
  way: Dataset['way'],
  trans: TranslationBundle
): string {
  return {
    platform: trans.__('mounted by the platform'),
    mount: trans.__('mounted'),
    copy: trans.__('synchronized copy')
  }[way];
}

/** Size, freshness and what waits. */
export function datasetFacts(
  { here, freshAt, waiting, conflicts, pattern }: Dataset,
  trans: TranslationBundle
): string {
  return [
    trans._n('%2 file', '%2 files', here.files, here.files.toLocaleString()),
    formatSize(here.bytes),
    pattern !== undefined && trans.__('only %1', pattern),
    freshAt !== undefined &&
      trans.__('as in the cloud %1', formatAgo(new Date(freshAt))),
    waiting.files > 0 &&
      trans._n(
        '%2 file waits to be pushed',
        '%2 files wait to be pushed',
        waiting.files,
        waiting.files.toLocaleString()
      ),
    conflicts.length > 0 &&
      trans._n(
        '%1 conflict: both versions are kept',
        '%1 conflicts: both versions are kept',
        conflicts.length
      )
  ]
    .filter(Boolean)
    .join(' · ');
}

/** *1.2 GB of 3 GB · 40 MB a second · 0:45 left · 2 failed* */
export function transferFacts(
  { transfer, state }: Run,
  trans: TranslationBundle
): string {
  if (!transfer) {
    return '';
  }
  const { doneBytes, totalBytes, bytesPerS, leftS, failed } = transfer;
  const isGoing = state === 'running';
  return [
    totalBytes === undefined
      ? formatSize(doneBytes)
      : trans.__('%1 of %2', formatSize(doneBytes), formatSize(totalBytes)),
    isGoing &&
      bytesPerS !== undefined &&
      trans.__('%1 a second', formatSize(bytesPerS)),
    isGoing &&
      leftS !== undefined &&
      trans.__('%1 left', formatElapsed(leftS * 1000)),
    failed > 0 &&
      trans._n(
        '%2 file failed',
        '%2 files failed',
        failed,
        failed.toLocaleString()
      )
  ]
    .filter(Boolean)
    .join(' · ');
}
