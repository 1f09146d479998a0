import type {
  Dataset,
  StorageAccount,
  StorageEntry,
  StorageQuota
} from '@jupyterlab-deep/protocol';
import type { IMimeBundle } from '../display/bundle';
import { tableBundle } from '../display/table';
import { sizeWords } from './size';

export function accountsBundle(accounts: StorageAccount[]): IMimeBundle {
  const rows = accounts.map(({ id, title, kind, state, detail, quota }) => ({
    id,
    account: title,
    kind,
    state: detail ? `${state}: ${detail}` : state,
    used: quota && quotaWords(quota)
  }));
  const caption = rows.length ? '' : 'No cloud storage is linked.';
  return tableBundle(rows, ['id', 'account', 'kind', 'state', 'used'], caption);
}

const quotaWords = ({ usedBytes, totalBytes }: StorageQuota): string =>
  totalBytes === undefined
    ? sizeWords(usedBytes)
    : `${sizeWords(usedBytes)} of ${sizeWords(totalBytes)}`;

export function entriesBundle(
  entries: StorageEntry[],
  caption: string
): IMimeBundle {
  const rows = entries.map(({ name, type, sizeBytes, modifiedAt }) => ({
    name: type === 'folder' ? `${name}/` : name,
    size: sizeBytes === undefined ? '' : sizeWords(sizeBytes),
    changed: modifiedAt
  }));
  return tableBundle(rows, ['name', 'size', 'changed'], caption);
}

export function datasetsBundle(datasets: Dataset[]): IMimeBundle {
  const rows = datasets.map(dataset => ({
    name: dataset.name,
    from: dataset.ref,
    path: dataset.path,
    way: dataset.way,
    state: dataset.state,
    here: countWords(dataset.here),
    waiting: dataset.waiting.files
  }));
  const columns = ['name', 'from', 'path', 'way', 'state', 'here', 'waiting'];
  return tableBundle(rows, columns, rows.length ? '' : 'There is no dataset.');
}

export function datasetBundle(dataset: Dataset): IMimeBundle {
  const rows: [string, unknown][] = [
    ['path', dataset.path],
    ['from', dataset.ref],
    ['state', dataset.state],
    ['here', countWords(dataset.here)],
    ['in the cloud', dataset.there && countWords(dataset.there)],
    ['waiting', dataset.waiting.files && countWords(dataset.waiting)],
    [
      'conflicts',
      dataset.conflicts.map(({ path, copy }) => `${path} (yours: ${copy})`)
    ],
    ['only', dataset.pattern],
    ['way', dataset.way],
    ['why', dataset.why],
    ['fresh', dataset.freshAt]
  ];
  const known = rows.filter(([, value]) => value && String(value) !== '');
  return tableBundle(
    known.map(([what, value]) => ({ what, value })),
    ['what', 'value'],
    dataset.name
  );
}

const countWords = ({ files, bytes }: Dataset['here']): string =>
  `${files} files, ${sizeWords(bytes)}`;
