import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import path from 'node:path';
import { Run } from '@jupyterlab-deep/protocol';
import { TestHome, until } from '../../../__tests__/home';
import { ServiceHere } from '../../../__tests__/serviceHere';
import { Loopback, standIn } from '../../../deployments/__tests__/loopback';

/** What a stand-in does with one request to predict; the file's content is its name. */
export type Act = (
  name: string,
  response: ServerResponse,
  number: number
) => void;

/** The answer of a module that classifies. */
export function classify(name: string, response: ServerResponse): void {
  const answer = {
    labels: [`is ${name}`, 'other'],
    probabilities: [0.75, 0.25]
  };
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ status: 'OK', predictions: answer }));
}

/** A service with a connected stand-in of DEEPaaS, and a folder of small files. */
export class BatchHere {
  static async open(act: Act = classify): Promise<BatchHere> {
    const home = new TestHome();
    mkdirSync(home.modules);
    const here = new BatchHere(home);
    here.act = act;
    here.server = await Loopback.start(here._listener());
    here.service = await ServiceHere.open(home);
    const { status, text, json } = await here.service.post(
      '/deployments/connections',
      { address: here.server.url, allowPrivate: true }
    );
    if (status !== 201) {
      throw new Error(text);
    }
    here.module = json.module;
    return here;
  }

  private constructor(readonly home: TestHome) {
    this.folder = path.join(home.folder, 'files');
    mkdirSync(this.folder);
  }

  readonly folder: string;
  server!: Loopback;
  service!: ServiceHere;
  module = '';
  act: Act = classify;
  /** Names in the order in which they were sent. */
  readonly sent: string[] = [];

  /** Files whose content is their name. */
  addFiles(count: number): string[] {
    const names = Array.from({ length: count }, (_, at) => `f${at}.txt`);
    names.forEach(name => this.addFile(name));
    return names;
  }

  addFile(name: string, content = name): void {
    const file = path.join(this.folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  async begin(pattern = '**/*', more = {}): Promise<string> {
    const each = {
      argument: 'image',
      from: 'path',
      folder: this.folder,
      pattern
    };
    const { status, text, json } = await this.service.post(
      '/inference/batches',
      { module: this.module, arguments: { top_k: 2 }, each, ...more }
    );
    if (status !== 202) {
      throw new Error(text);
    }
    return json.id;
  }

  async run(id: string): Promise<Run> {
    return (await this.service.get(`/runs/${id}`)).json;
  }

  ended(id: string): Promise<Run> {
    return until(async () => {
      const run = await this.run(id);
      return ['queued', 'running'].includes(run.state) ? undefined : run;
    });
  }

  /** The lines of the results file. */
  lines({ batch }: Run): Record<string, never>[] {
    return this.text({ batch } as Run, batch!.results.lines)
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
  }

  text({ batch }: Run, name: string): string {
    return readFileSync(path.join(batch!.results.path, name), 'utf8');
  }

  async close(): Promise<void> {
    await this.service.close();
    await this.server.stop();
    this.home.remove();
  }

  private _listener(): RequestListener {
    const describe = standIn(['standin']);
    return (request, response) =>
      request.method === 'POST'
        ? void this._predict(request, response)
        : describe(request, response);
  }

  private async _predict(
    request: IncomingMessage,
    response: ServerResponse
  ): Promise<void> {
    const pieces: Buffer[] = await request.toArray().catch(() => []);
    const body = Buffer.concat(pieces).toString('utf8');
    const name = /filename="([^"]*)"/.exec(body)?.[1] ?? '';
    this.sent.push(name);
    this.act(name, response, this.sent.length);
  }
}
