import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = path.join(__dirname, '../..');

/** What it says of itself when it has started. */
export interface ICloud {
  url: string;
  uid: string;
  user: string;
  appPassword: string;
}

/** The stand-in for Nextcloud in a process of its own, as a user's server is elsewhere. */
export class CloudProcess {
  /** @param many Files in the folder `many`. */
  constructor(private readonly _many: number) {}

  readonly folder = mkdtempSync(path.join(tmpdir(), 'deep-cloud-'));
  about!: ICloud;

  async start(port = 0): Promise<void> {
    const program = path.join(ROOT, 'stand-in/nextcloud/main.ts');
    this._process = spawn(
      process.execPath,
      [
        program,
        '--port',
        String(port),
        '--folder',
        this.folder,
        '--fill',
        String(this._many),
        '--fill-bytes',
        '20'
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] }
    );
    const lines = createInterface({ input: this._process.stdout! });
    const [line] = (await once(lines, 'line')) as [string];
    this.about = JSON.parse(line);
  }

  /** Unplugged: whoever asks finds nobody. */
  async stop(): Promise<void> {
    if (this._process.exitCode === null && !this._process.killed) {
      const ended = once(this._process, 'exit');
      this._process.kill('SIGKILL');
      await ended;
    }
  }

  get port(): number {
    return Number(new URL(this.about.url).port);
  }

  /** As another client of the same user does. */
  async ask(
    method: string,
    file: string,
    body?: Buffer | string
  ): Promise<{ status: number; text: string }> {
    const { appPassword, uid, url, user } = this.about;
    const login = Buffer.from(`${user}:${appPassword}`).toString('base64');
    const response = await fetch(`${url}/remote.php/dav/files/${uid}/${file}`, {
      method,
      headers: {
        authorization: `Basic ${login}`,
        ...(body !== undefined && { 'x-nc-webdav-auto-mkcol': '1' })
      },
      body: typeof body === 'string' ? body : body && new Uint8Array(body)
    });
    return { status: response.status, text: await response.text() };
  }

  /** Grant the login that was begun last, as its user does in the browser. */
  async grant(user: string): Promise<void> {
    await fetch(`${this.about.url}/stand-in/grant`, {
      method: 'POST',
      body: JSON.stringify({ user })
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private _process!: ChildProcess;
}
