/** A JupyterLab of one test's own, that the test may kill. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export class OwnServer {
  /**
   * @param disabledExtensions Labextensions that this server does not give to the browser.
   * @param settings The administrator's file, `deep.json`.
   */
  constructor(
    private readonly _port: number,
    disabledExtensions: string[] = [],
    settings?: object
  ) {
    const labConfig = path.join(this._home, 'config/labconfig');
    mkdirSync(labConfig, { recursive: true });
    writeFileSync(
      path.join(labConfig, 'page_config.json'),
      JSON.stringify({
        disabledExtensions: Object.fromEntries(
          disabledExtensions.map(name => [name, true])
        )
      })
    );
    // Or Lab asks, over everything else, whether it may fetch news.
    this._set('notification', { fetchNews: 'false' });
    mkdirSync(path.join(this._home, 'root'));
    cpSync(
      path.join(__dirname, '../../examples/photos'),
      path.join(this._home, 'root/photos'),
      { recursive: true }
    );
    this._env = {
      ...process.env,
      HOME: this._home,
      JUPYTER_DATA_DIR: path.join(this._home, 'data'),
      JUPYTER_RUNTIME_DIR: path.join(this._home, 'runtime'),
      JUPYTER_CONFIG_DIR: path.join(this._home, 'config')
    };
    delete this._env.XDG_RUNTIME_DIR;
    if (settings) {
      delete this._env.DEEP_CATALOGUE_DISABLED;
      writeFileSync(
        path.join(this._home, 'config/deep.json'),
        JSON.stringify(settings)
      );
    }
  }

  get origin(): string {
    return `http://127.0.0.1:${this._port}`;
  }

  async start(): Promise<void> {
    this._lab = spawn(
      'jupyter',
      [
        'lab',
        '--no-browser',
        '--allow-root',
        `--port=${this._port}`,
        '--ServerApp.port_retries=0',
        '--IdentityProvider.token=',
        '--ServerApp.password=',
        '--LabApp.news_url=None',
        '--LabApp.expose_app_in_browser=True',
        `--ServerApp.root_dir=${path.join(this._home, 'root')}`
      ],
      { env: this._env, stdio: 'ignore' }
    );
    for (let i = 0; i < 300; i++) {
      const answers = await fetch(`${this.origin}/api`).then(
        reply => reply.ok,
        () => false
      );
      if (answers) {
        return;
      }
      await sleep(100);
    }
    throw new Error('JupyterLab did not answer within 30 s');
  }

  /** SIGKILL, as by a machine out of memory. */
  async kill(): Promise<void> {
    const lab = this._lab!;
    lab.kill('SIGKILL');
    if (lab.exitCode === null && lab.signalCode === null) {
      await new Promise(resolve => lab.once('exit', resolve));
    }
  }

  /** Of pages that are opened from now on. */
  setTheme(theme: 'light' | 'dark'): void {
    const name = { light: 'JupyterLab Light', dark: 'JupyterLab Dark' }[theme];
    this._set('themes', { theme: name });
  }

  /** Before it starts. */
  setEnvironment(name: string, value: string): void {
    this._env[name] = value;
  }

  /** The folder that the file browser shows. */
  get root(): string {
    return path.join(this._home, 'root');
  }

  get servicePid(): number {
    return JSON.parse(
      readFileSync(path.join(this._home, 'runtime/deep/service.json'), 'utf8')
    ).pid;
  }

  /** Processes that serve a module of this server's user. */
  get modulePids(): number[] {
    const { stdout } = spawnSync('pgrep', ['-f', 'module-runtime\\.mjs'], {
      encoding: 'utf8'
    });
    return stdout
      .split('\n')
      .filter(Boolean)
      .map(Number)
      .filter(
        pid =>
          commandOf(pid).includes(path.basename(this._home)) ||
          environmentOf(pid).includes(this._home)
      );
  }

  async stop(): Promise<void> {
    await this.kill();
    spawnSync('jupyter', ['deep', 'reset', '--yes', '--delete'], {
      env: this._env,
      timeout: 30_000
    });
    rmSync(this._home, { recursive: true, force: true });
  }

  /** A user's setting of JupyterLab's own. */
  private _set(plugin: string, value: object): void {
    const folder = path.join(
      this._home,
      'config/lab/user-settings/@jupyterlab/apputils-extension'
    );
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      path.join(folder, `${plugin}.jupyterlab-settings`),
      JSON.stringify(value)
    );
  }

  private readonly _home = mkdtempSync(path.join(tmpdir(), 'deep-own-'));
  private readonly _env: NodeJS.ProcessEnv;
  private _lab: ChildProcess | undefined;
}

function procFile(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return ''; // It has ended meanwhile.
  }
}
const commandOf = (pid: number) => procFile(pid, 'cmdline');
const environmentOf = (pid: number) => procFile(pid, 'environ');
