import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Dataset, Run } from '@jupyterlab-deep/protocol';
import { TestHome, until } from '../../../__tests__/home';
import { ServiceHere } from '../../../__tests__/serviceHere';
import { DiskRemote } from './diskRemote';

/** A service with one account, asked as kernels ask. */
export class StorageHere {
  static async open(): Promise<StorageHere> {
    const home = new TestHome();
    mkdirSync(home.modules);
    const remote = new DiskRemote(path.join(home.folder, 'cloud'));
    const here = new StorageHere(home, remote);
    await here.restart();
    return here;
  }

  private constructor(
    readonly home: TestHome,
    readonly remote: DiskRemote
  ) {}

  service!: ServiceHere;

  async restart(): Promise<void> {
    await this.service?.close();
    const env = { DEEP_STORAGE_FOLDER: path.join(this.home.folder, 'sets') };
    this.service = await ServiceHere.open(this.home, env, this.remote);
  }

  async close(): Promise<void> {
    await this.service.close();
    this.home.remove();
  }

  /** Made, and filled. */
  async dataset(given: object = {}): Promise<Dataset> {
    const dataset = await this.made(given);
    await this.ended(dataset.run!);
    return this.look(dataset.id);
  }

  async made(given: object = {}): Promise<Dataset> {
    const body = { account: 'cloud', path: 'plants', ...given };
    const { json } = await this.expect(
      201,
      this.service.post('/storage/datasets', body)
    );
    return json;
  }

  async look(id: string): Promise<Dataset> {
    return (await this.service.get(`/storage/datasets/${id}`)).json;
  }

  async act(id: string, act: string, body = {}): Promise<Run> {
    const { json } = await this.expect(
      202,
      this.service.post(`/storage/datasets/${id}/${act}`, body)
    );
    return this.ended(json.id);
  }

  async run(id: string): Promise<Run> {
    return (await this.service.get(`/runs/${id}`)).json;
  }

  ended(id: string): Promise<Run> {
    return until(async () => {
      const run = await this.run(id);
      return run.endedAt || run.state === 'paused' ? run : undefined;
    });
  }

  async expect<T extends { status: number; text: string }>(
    status: number,
    asked: Promise<T>
  ): Promise<T> {
    const answer = await asked;
    if (answer.status !== status) {
      throw new Error(`${answer.status}: ${answer.text}`);
    }
    return answer;
  }
}

/** All files below a folder with their contents. */
export function contentsOf(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter(entry => entry.isFile());
  return Object.fromEntries(
    files
      .map(({ parentPath, name }) => path.join(parentPath, name))
      .map(file => [path.relative(folder, file), readFileSync(file, 'utf8')])
      .sort(([a], [b]) => (a < b ? -1 : 1))
  );
}
