import { execFile } from 'node:child_process';
import { constants, existsSync } from 'node:fs';
import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { accessSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import {
  INextcloud,
  startNextcloud
} from '../../../../../../stand-in/nextcloud/server.ts';
import { ROOT } from '../../../../__tests__/bundles';
import { unmount } from '../fuse';
import { RcloneMount } from '../rcloneMount';
import { IMountPlan, partsOf } from '../rcloneProgram';

const run = promisify(execFile);

export const RCLONE = path.join(ROOT, '.venv-peers/bin/rclone');

const opens = (file: string): boolean => {
  try {
    accessSync(file, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

/** What a mount needs and this machine lacks. */
export const missing = [
  existsSync(RCLONE) ? '' : 'rclone in .venv-peers',
  opens('/dev/fuse') ? '' : '/dev/fuse',
  existsSync('/usr/bin/fusermount3') ? '' : 'fusermount3'
]
  .filter(Boolean)
  .join(', ');
export const suffix = missing && ` (skipped: needs ${missing})`;
export const withFuse = missing ? describe.skip : describe;

/** A stand-in cloud with a folder `plants`, and mounts of it. */
export class MountHere {
  static async make(): Promise<MountHere> {
    // Not the system's folder for temporary files: sockets have short paths.
    const folder = await mkdtemp('/tmp/dm-');
    const here = new MountHere(folder, await startNextcloud());
    await here.dav('MKCOL', 'plants');
    await here.dav('PUT', 'plants/leaf.txt', 'green');
    return here;
  }

  private constructor(
    readonly folder: string,
    readonly cloud: INextcloud
  ) {
    this.password = cloud.user.appPassword;
  }

  /** Known to new mounts. */
  password: string;
  refused = 0;

  get path(): string {
    return path.join(this.folder, 'datasets/cloud/plants');
  }

  /** Where the platform would mount. */
  get storage(): string {
    return path.join(this.folder, 'storage');
  }

  get platformPlan(): IMountPlan {
    return { ...this.plan, remotePath: '', mountPoint: this.storage };
  }

  get davUrl(): string {
    return `${this.cloud.url}/remote.php/dav/files/${this.cloud.user.uid}`;
  }

  get plan(): IMountPlan {
    return {
      rclone: RCLONE,
      account: 'cloud',
      remotePath: 'plants',
      mountPoint: this.path,
      folder: path.join(this.folder, 'm'),
      store: path.join(this.folder, 'store'),
      cacheMb: 100,
      listingSeconds: 600,
      environment: { PATH: process.env.PATH ?? '' }
    };
  }

  /** As a service makes it; a second one is that of the next service. */
  mount(plan = this.plan): RcloneMount {
    const mount = new RcloneMount({
      plan,
      access: async () => ({
        url: this.davUrl,
        vendor: 'nextcloud',
        user: this.cloud.user.loginName,
        password: this.password
      }),
      onRefused: () => (this.refused += 1)
    });
    this._mounts.push(mount);
    return mount;
  }

  /** Asked of the cloud directly. */
  async dav(
    method: string,
    name: string,
    body?: string,
    headers: Record<string, string> = {}
  ): Promise<{ status: number; text: string }> {
    const { loginName } = this.cloud.user;
    const login = Buffer.from(`${loginName}:${this.password}`);
    const answer = await fetch(`${this.davUrl}/${name}`, {
      method,
      body,
      headers: {
        ...headers,
        authorization: `Basic ${login.toString('base64')}`
      }
    });
    return { status: answer.status, text: await answer.text() };
  }

  /** In a process of its own, as a kernel does: this one answers for the cloud. */
  async python(code: string): Promise<string> {
    return (await run('python3', ['-c', code], this._there)).stdout;
  }

  async node(code: string): Promise<string> {
    return (await run(process.execPath, ['-e', code], this._there)).stdout;
  }

  async pid(): Promise<number> {
    return JSON.parse(await readFile(partsOf(this.plan).record, 'utf8')).pid;
  }

  /** Everything that rclone left on disk outside of the mount. */
  async text(name: 'log' | 'record'): Promise<string> {
    return readFile(partsOf(this.plan)[name], 'utf8');
  }

  async hasConfig(): Promise<boolean> {
    return access(partsOf(this.plan).config).then(
      () => true,
      () => false
    );
  }

  async end(): Promise<void> {
    for (const mount of this._mounts) {
      await mount.stop({ giveUpWaiting: true }).catch(() => undefined);
      mount.release();
    }
    await unmount(this.path, { isLazy: true });
    await unmount(this.storage, { isLazy: true });
    await this.cloud.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  private get _there(): { cwd: string; timeout: number } {
    return { cwd: this.path, timeout: 20_000 };
  }

  private readonly _mounts: RcloneMount[] = [];
}

/** Wait for a state. */
export async function until(
  isTrue: () => boolean | Promise<boolean>
): Promise<void> {
  while (!(await isTrue())) {
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
