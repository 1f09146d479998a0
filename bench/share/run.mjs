/**
 * Sharing on the stand-in for Nextcloud: a module of 20 MB until a second user sees it, beyond the bare transfer of its bytes; 300
 * modules of others listed with nothing known, and again with nothing changed. Usage: npm run bench -- share [--json]
 */
import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { at } from '../../scripts/paths.mjs';
import { configure, ServiceProcess } from '../catalogue/serviceProcess.mjs';
import { figure, measure } from '../report.mjs';
import { authorization, startCloud } from '../storage/cloud.mjs';

const BENCH = 'share';
const MODULE = at('jupyterlab_deep/modules/penguin-species');
const MODULES = 300;
const AT_ONCE = 6;
const ROUNDS = 5;
const FILES = 20;
const FILE_BYTES = 1_000_000;
const GIVE_UP_MS = 300_000;
const LOOK_MS = 5;

async function until(isSo, what) {
  const deadline = performance.now() + GIVE_UP_MS;
  for (;;) {
    const found = await isSo();
    if (found) {
      return found;
    }
    if (performance.now() > deadline) {
      throw new Error(`Not seen: ${what}`);
    }
    await sleep(LOOK_MS);
  }
}

/** Somebody with a service of their own, linked to the stand-in. */
class Person {
  static async come(root, cloud, uid) {
    const home = path.join(root, uid);
    configure(home, []);
    const person = new Person(home, cloud, uid);
    person.service = await new ServiceProcess(home).start();
    const login = await person.service.ask('/storage/logins', 'POST', {
      address: cloud.url,
      allowPrivate: true,
      id: 'cloud'
    });
    await fetch(`${cloud.url}/stand-in/grant`, {
      method: 'POST',
      body: JSON.stringify({ user: uid })
    });
    await until(async () => {
      const { state } = await person.service.ask(`/storage/logins/${login.id}`);
      return state === 'done';
    }, 'a linked account');
    return person;
  }

  constructor(home, cloud, uid) {
    Object.assign(this, { home, cloud, uid });
  }

  folder(name) {
    const folder = path.join(this.home, 'work', name);
    cpSync(MODULE, folder, { recursive: true });
    return folder;
  }

  async publish(folder, version) {
    const { id } = await this.service.ask('/sharing/publications', 'POST', {
      folder: { from: 'path', path: folder },
      to: { account: 'cloud' },
      with: [{ kind: 'person', with: 'grace' }],
      version
    });
    const run = await until(async () => {
      const now = await this.service.ask(`/runs/${id}`);
      return (now.endedAt || now.state === 'paused') && now;
    }, 'a publication that ended');
    if (run.state !== 'succeeded') {
      throw new Error(`${folder}: ${run.error?.detail}`);
    }
  }

  /** Milliseconds from the order to look until all was read. */
  async lookMs() {
    const start = performance.now();
    await this.service.ask('/catalogue/refresh', 'POST', { source: 'shared' });
    await until(async () => {
      const { sources } = await this.service.ask('/catalogue/sources');
      return !sources.find(({ id }) => id === 'shared').isRefreshing;
    }, 'a source that was read');
    return performance.now() - start;
  }

  received() {
    return this.service.ask('/sharing/received');
  }
}

/** The same files by plain PUTs, one after the other as curl would send them. */
async function transferSeconds(cloud, files, round) {
  const headers = { authorization: authorization(cloud) };
  const folder = `${cloud.files}/bare-${round}`;
  await fetch(folder, { method: 'MKCOL', headers });
  const start = performance.now();
  for (const [index, body] of files.entries()) {
    const reply = await fetch(`${folder}/${index}`, {
      method: 'PUT',
      headers,
      body
    });
    await reply.arrayBuffer();
  }
  return (performance.now() - start) / 1000;
}

/** Seconds from the order to share until the other has it in the list, less the transfer alone. */
async function beyondTransfer(cloud, ada, grace) {
  const folder = ada.folder('large');
  const values = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const files = Array.from({ length: FILES }, () => randomBytes(FILE_BYTES));
    files.forEach((bytes, index) =>
      writeFileSync(path.join(folder, `part-${index}.bin`), bytes)
    );
    const bare = await transferSeconds(cloud, files, round);
    const version = `1.${round}.0`;
    const start = performance.now();
    await ada.publish(folder, version);
    await until(async () => {
      await grace.lookMs();
      const { modules } = await grace.received();
      return modules.some(each => each.version === version);
    }, 'the version');
    const all = (performance.now() - start) / 1000;
    // The first is a warm-up.
    if (round > 0) {
      values.push(Math.max(0, all - bare));
    }
  }
  return values;
}

async function shareMany(ada) {
  const names = Array.from({ length: MODULES }, (_, n) => `module-${n}`);
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let name = names.pop(); name; name = names.pop()) {
        await ada.publish(ada.folder(name), '1.0.0');
      }
    })
  );
}

/** A new service of the receiver each round, to which nothing is known; then the same once more. */
async function listing(root, cloud) {
  const found = { cold: [], refresh: [], requests: [], shown: [] };
  for (let round = 0; round < ROUNDS; round++) {
    const home = path.join(root, `round-${round}`);
    const grace = await Person.come(home, cloud, 'grace');
    found.cold.push(await grace.lookMs());
    const { modules } = await grace.received();
    const usable = modules.filter(({ state }) => state === 'shared').length;
    if (usable < MODULES) {
      throw new Error(`Only ${usable} modules were seen`);
    }
    await cloud.takeRequests();
    found.refresh.push(await grace.lookMs());
    found.requests.push((await cloud.takeRequests()).length);
    const start = performance.now();
    await grace.service.ask('/catalogue/modules?source=shared&limit=300');
    found.shown.push(performance.now() - start);
    await grace.service.stop();
  }
  return found;
}

async function figures() {
  const root = mkdtempSync(path.join(tmpdir(), 'bs-'));
  const cloud = await startCloud(path.join(root, 'cloud'));
  try {
    const ada = await Person.come(root, cloud, 'ada');
    const grace = await Person.come(root, cloud, 'grace');
    const seconds = await beyondTransfer(cloud, ada, grace);
    await grace.service.stop();
    await shareMany(ada);
    const { cold, refresh, requests, shown } = await listing(root, cloud);
    await ada.service.stop();
    const common = { bench: BENCH, better: 'lower' };
    const ms = { ...common, unit: 'ms' };
    return [
      figure({
        ...common,
        figure: 'seconds',
        values: seconds,
        unit: 's',
        goal: 3
      }),
      figure({ ...ms, figure: 'list_ms', values: cold, goal: 1000 }),
      figure({ ...ms, figure: 'list_known_ms', values: shown }),
      figure({ ...ms, figure: 'refresh_ms', values: refresh }),
      figure({
        ...common,
        figure: 'requests_refresh',
        values: requests,
        unit: 'requests',
        goal: 5
      })
    ];
  } finally {
    await cloud.stop();
    rmSync(root, { recursive: true, force: true });
  }
}

await measure(BENCH, figures);
