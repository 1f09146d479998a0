import { mkdirSync } from 'node:fs';
import { Deployment, Run } from '@jupyterlab-deep/protocol';
import { IAnswer } from '../../../../__tests__/client';
import { Bundles, ROOT } from '../../../../__tests__/bundles';
import { TestHome, until } from '../../../../__tests__/home';
import { ServiceProcess } from '../../../../__tests__/serviceProcess';
import { BASE, PodmanHere } from '../../../../../../stand-in/podmanHere';

const NODE_HOME = `${ROOT}/jupyterlab_deep/node`;

/** A real service of a user with a Podman. */
export class ContainersHere {
  static async open(
    bundles: Bundles,
    podman: PodmanHere,
    env: Record<string, string> = {},
    target = 'container'
  ): Promise<ContainersHere> {
    const here = new ContainersHere(bundles, podman, env, target);
    mkdirSync(here.home.modules, { recursive: true });
    await here.start();
    return here;
  }

  private constructor(
    private readonly _bundles: Bundles,
    private readonly _podman: PodmanHere,
    private readonly _env: Record<string, string>,
    /** Id of the target that is asked unless another one is named. */
    private readonly _target: string
  ) {}

  readonly home = new TestHome();
  service!: ServiceProcess;

  async start(env: Record<string, string> = {}): Promise<void> {
    this.service = await ServiceProcess.start(
      this._bundles.service,
      this.home,
      {
        DEEP_NODE_HOME: NODE_HOME,
        DOCKER_HOST: `unix://${this._podman.folder}/nothing.sock`,
        CONTAINER_HOST: `unix://${this._podman.socket}`,
        DEEP_TARGETS_BASE_IMAGE: BASE,
        ...this._env,
        ...env
      }
    );
  }

  /** As a crash does it: nobody is told. */
  async killService(): Promise<void> {
    await this.service.kill();
    await this.start();
  }

  ask(module: string, options = {}, more = {}): Promise<IAnswer> {
    return this.service.post('/deployments', {
      module,
      target: this._target,
      options: { memoryMb: 500, cpus: 1, ...options },
      ...more
    });
  }

  async begin(module: string, options = {}, more = {}): Promise<Deployment> {
    const { status, text, json } = await this.ask(module, options, more);
    expect([status, text]).toEqual([202, expect.any(String)]);
    return json;
  }

  async get(id: string): Promise<Deployment> {
    return (await this.service.get(`/deployments/${id}`)).json;
  }

  reaches(id: string, ...states: string[]): Promise<Deployment> {
    return until(async () => {
      const now = await this.get(id);
      return states.includes(now.state) ? now : undefined;
    });
  }

  /** Ready, or the reason why not shows in the test. */
  async ready(id: string): Promise<Deployment> {
    const now = await this.reaches(id, 'ready', 'failed');
    expect([now.state, now.error]).toEqual(['ready', undefined]);
    return now;
  }

  says(id: string, phase: string): Promise<true> {
    return until(async () =>
      (await this.get(id)).phase.includes(phase)
    ) as Promise<true>;
  }

  async log(id: string): Promise<string> {
    return (await this.service.get(`/deployments/${id}/log`)).text;
  }

  /** Also of what is gone already. */
  async remove(id: string): Promise<void> {
    const path = `/deployments/${id}?remove=true`;
    await this.service.ask({ method: 'DELETE', path });
    await until(
      async () => (await this.service.get(`/deployments/${id}`)).status === 404
    );
  }

  /** The deployment that answered, and its answer. */
  async predict(
    module: string,
    args: object,
    files: object = {}
  ): Promise<{ deployment?: string; answer: unknown }> {
    const request = { module, arguments: args, files };
    const asked = await this.service.post('/inference/predictions', request);
    expect([asked.status, asked.text]).toEqual([202, expect.any(String)]);
    const run = await until(async () => {
      const path = `/runs/${asked.json.id}`;
      const now = (await this.service.get(path)).json as Run;
      return now.endedAt ? now : undefined;
    });
    expect([run.state, run.error]).toEqual(['succeeded', undefined]);
    const { json } = await this.service.get(`/runs/${run.id}/result`);
    return { deployment: run.deployment, answer: json };
  }

  async close(): Promise<void> {
    const { deployments } = (await this.service.get('/deployments')).json;
    for (const { id } of deployments as Deployment[]) {
      await this.remove(id);
    }
    await this.service.stop();
    this.home.remove();
  }
}
