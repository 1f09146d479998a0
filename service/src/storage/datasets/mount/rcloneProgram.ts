import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { DeepError } from '@jupyterlab-deep/protocol';
import { ModuleProcess } from '../../../deployments/moduleProcess';
import { makePrivateFolder } from '../../../places';
import { removeFile, writeAtomically } from '../../../store/atomicFile';
import { waitForMount } from './fuse';
import type { IRcloneAccess } from '../../remoteFiles';
import { configText } from './rcloneConfig';
import { recordMount } from './mountRecord';
import { RemoteControl } from './remoteControl';

/** rclone says within seconds whether it can mount; a slow server comes before that. */
const MOUNT_TIMEOUT_MS = 30_000;
/** A kernel or machine that ends within it loses nothing: the write lies in the cache. */
const WRITE_BACK_S = 2;

/** What a mount is made of. */
export interface IMountPlan {
  /** The program rclone. */
  rclone: string;
  /** Id of the account; names the remote, and with the path its place in the cache. */
  account: string;
  remotePath: string;
  mountPoint: string;
  /** 0700, on local disk, short: socket, note of the process, settings while they are read. */
  folder: string;
  /** 0700, in the store: cache and log. Of this mount alone. */
  store: string;
  cacheMb: number;
  /** How old a listing may be when nobody tells of changes. */
  listingSeconds: number;
  /** Proxies, authorities, PATH: what rclone may know of ours. */
  environment: Record<string, string>;
  /** PEM file with further authorities. */
  caFile?: string;
}

/** What lies where, and how it is addressed. */
export const partsOf = ({
  folder,
  store,
  account,
  remotePath
}: IMountPlan) => ({
  socket: path.join(folder, 'rc'),
  address: `unix://${path.join(folder, 'rc')}`,
  record: path.join(folder, 'rclone.json'),
  config: path.join(folder, 'rclone.conf'),
  log: path.join(store, 'rclone.log'),
  cache: path.join(store, 'cache'),
  source: `${account}:${remotePath}`
});

const argumentsOf = (plan: IMountPlan): string[] => {
  const { address, cache, log, source } = partsOf(plan);
  return [
    'mount',
    ...['--rc', '--rc-addr', address, '--rc-no-auth'],
    ...['--cache-dir', cache, '--vfs-cache-mode', 'full'],
    ...['--vfs-cache-max-size', `${plan.cacheMb}M`],
    // The size is the limit; age would throw away what the next cell reads.
    ...['--vfs-cache-max-age', '720h', '--vfs-cache-poll-interval', '30s'],
    ...['--vfs-write-back', `${WRITE_BACK_S}s`],
    ...['--dir-cache-time', `${plan.listingSeconds}s`, '--poll-interval', '0'],
    ...['--log-file', log, '--use-json-log', '--log-level', 'NOTICE'],
    ...['--umask', '077'],
    ...(plan.caFile ? ['--ca-cert', plan.caFile] : []),
    ...['--', source, plan.mountPoint]
  ];
};

/**
 * Start rclone and wait until the folder is mounted and its control answers.
 *
 * @throws DeepError `internal` with the end of its log.
 */
export async function startRclone(
  plan: IMountPlan,
  access: IRcloneAccess
): Promise<ModuleProcess> {
  const { config, socket, log, record } = partsOf(plan);
  await makePrivateFolder(plan.folder);
  await mkdir(plan.store, { recursive: true, mode: 0o700 });
  await mkdir(plan.mountPoint, { recursive: true });
  await removeFile(socket);
  await writeAtomically(
    config,
    await configText(plan.rclone, plan.account, access)
  );
  try {
    const env = { ...plan.environment, RCLONE_CONFIG: config };
    const args = argumentsOf(plan);
    const rclone = await ModuleProcess.start(plan.rclone, args, env, log);
    await recordMount(record, rclone);
    await untilMounted(plan, rclone);
    return rclone;
  } finally {
    // It has read it, or failed: nobody needs the password on disk any more.
    await rm(config, { force: true });
  }
}

async function untilMounted(
  { mountPoint, ...plan }: IMountPlan,
  rclone: ModuleProcess
): Promise<void> {
  const { socket } = partsOf({ mountPoint, ...plan });
  let isOver = false;
  void rclone.exited.then(() => (isOver = true));
  const limits = { timeoutMs: MOUNT_TIMEOUT_MS, isOver: () => isOver };
  if (await waitForMount(mountPoint, true, limits)) {
    await new RemoteControl(socket).pid();
    return;
  }
  await rclone.stop();
  throw new DeepError(
    'internal',
    isOver
      ? 'rclone ended before the folder was mounted.'
      : `rclone did not mount the folder within ${MOUNT_TIMEOUT_MS / 1000} s.`
  );
}
