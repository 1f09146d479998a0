/** A stand-in of the service's routes for storage, answered inside the page: one account, a dataset, a file that changes. */
import type { Page, Route } from '@playwright/test';

const ACCOUNT = {
  id: 'cloud',
  title: 'cloud.example.org · ada',
  kind: 'nextcloud',
  origin: 'linked',
  server: 'https://cloud.example.org',
  user: 'ada',
  displayName: 'Ada',
  state: 'connected',
  quota: { usedBytes: 412_000_000_000, totalBytes: 500_000_000_000 },
  can: {
    chunked: true,
    bulk: true,
    zip: true,
    hash: true,
    paging: true,
    folderEtags: true,
    trash: true,
    shares: true
  },
  lacks: [],
  createdAt: '2026-01-01T10:00:00.000Z'
};

const DATASET = {
  id: 'd1',
  name: 'seeds',
  ref: 'cloud:data/seeds',
  account: 'cloud',
  remotePath: 'data/seeds',
  path: '/home/ada/datasets/cloud/data/seeds',
  way: 'copy',
  why: 'This machine allows no mounts (FUSE), so the files are copied and kept in step.',
  state: 'ready',
  here: { files: 1000, bytes: 18_000_000_000 },
  waiting: { files: 2, bytes: 100 },
  conflicts: [],
  freshAt: '2026-01-01T10:00:00.000Z',
  createdAt: '2026-01-01T10:00:00.000Z'
};

const LOST = {
  ...ACCOUNT,
  id: 'lab',
  title: 'lab.example.org · ada',
  state: 'needs-login',
  detail: 'lab.example.org refused the password (401).',
  quota: { usedBytes: 3_000_000 }
};

const TRANSFER = {
  id: 'r1',
  kind: 'transfer',
  title: 'Copying plankton',
  state: 'running',
  phase: 'Copying',
  arguments: {},
  inputs: [],
  createdAt: '2026-01-01T10:00:00.000Z',
  transfer: {
    act: 'fill',
    account: 'cloud',
    from: 'cloud:plankton',
    to: '/home/ada/datasets/cloud/plankton',
    doneBytes: 5_000_000,
    totalBytes: 18_000_000,
    bytesPerS: 1_000_000,
    leftS: 13,
    failed: 0
  }
};

const FOLDER = { path: '', name: '', type: 'folder', isReadOnly: false };

const fileOf = (name: string, version: number) => ({
  path: name,
  name,
  type: 'file',
  sizeBytes: 15,
  contentType: 'text/plain',
  modifiedAt: '2026-01-01T10:00:00.000Z',
  etag: `"${version}"`,
  isReadOnly: false
});

/** Answers from now on; each write that is guarded by an ETag finds a newer version. */
export async function answerStorage(page: Page): Promise<void> {
  const files = new Map([['notes.txt', 'theirs at first']]);
  const json = (route: Route, body: unknown, status = 200) =>
    route.fulfill({ status, json: body });
  await page.route('**/deep/runs?*', route =>
    json(route, { runs: [TRANSFER] })
  );
  await page.route('**/deep/storage/**', route => {
    const url = new URL(route.request().url());
    const method = route.request().method();
    const below = url.pathname.split('/deep/storage/')[1];
    const at = url.searchParams.get('path') ?? '';
    switch (`${method} ${below}`) {
      case 'GET accounts':
        return json(route, { accounts: [ACCOUNT, LOST] });
      case 'GET datasets':
        return json(route, { datasets: [DATASET] });
      case 'POST logins':
      case 'GET logins/l1':
        return json(route, {
          id: 'l1',
          page: 'https://cloud.example.org/login/v2/flow/x',
          state: 'waiting',
          expiresAt: new Date(Date.now() + 1_200_000).toISOString()
        });
      case 'DELETE logins/l1':
        return route.fulfill({ status: 204 });
      case 'GET files/cloud':
        return json(route, {
          entry: FOLDER,
          entries: [...files.keys()].map(name => fileOf(name, 1)),
          total: files.size,
          skipped: 0
        });
      case 'GET files/cloud/entry':
        return json(route, at === '' ? FOLDER : fileOf(at, 1));
      case 'GET files/cloud/content':
        return route.fulfill({
          body: files.get(at) ?? '',
          headers: { ETag: '"1"', 'Content-Type': 'text/plain' }
        });
      case 'PUT files/cloud/content':
        if (url.searchParams.has('ifMatch')) {
          const type = 'urn:jupyterlab-deep:conflict';
          return json(
            route,
            { type, title: 'In the way', status: 409, detail: 'It changed.' },
            409
          );
        }
        files.set(at, route.request().postData() ?? '');
        return json(route, fileOf(at, 1));
      default:
        return json(route, { entries: [] });
    }
  });
}
