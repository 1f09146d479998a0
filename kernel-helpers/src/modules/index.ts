import type { Consent, Deployment } from '@jupyterlab-deep/protocol';
import { DeepError } from '@jupyterlab-deep/protocol';
import { ModuleClient } from '../deepaas';
import { interruptible } from '../interrupt';
import { CheckedModule, checkModule } from './check';
import { findDeployment, startModule } from './deployment';
import { clientOf, Module } from './module';

export type { CheckedModule } from './check';
export { Module } from './module';
export type { FileArgument, IModuleArguments, IOptions } from './module';
export type { Description } from './description';
export type { IEvaluateArguments, IEvaluateOptions } from './evaluate';
export type { IManyOptions, IManyProgress, ManyAnswer } from './many';
export type { ISubmitOptions } from './submit';
export { Prediction } from './prediction';
export type { IAnsweredFile, IFoundThing } from './prediction';
export type { IScore } from './scores';

/** Modules to work with. */
export const modules = {
  /**
   * Open a module by its id (`builtin/image-classifier`: taken where it runs, here or connected, else started on this machine), by
   * the id of a deployment, or by the address of any DEEPaaS server (`http://host:5000`, or the path of one of its models).
   *
   * ```ts
   * const m = await modules.open('builtin/image-classifier');
   * ```
   *
   * @param target Module id, deployment id or address; or a saved model.
   * @param options `token`: bearer token, and `ca`: certificate authority in PEM form that is trusted beside those of this machine, both for
   * addresses only. `consent`: the commit (or version) of a Python module that you looked at
   * and agree to run; or the whole consent, with `network: false` or `fromSource: true`.
   * @throws DeepError `consent-needed` naming origin and commit, `not-found`, `module-start-failed`, `module-unreachable`, `service-unavailable`, `cancelled`.
   */
  async open(
    target: string | { readonly id: string },
    options: {
      signal?: AbortSignal;
      token?: string;
      ca?: string;
      consent?: string | Consent;
    } = {}
  ): Promise<Module> {
    const named = typeof target === 'string' ? target : target.id;
    return interruptible(options.signal, signal => {
      if (/^([a-z+]+:\/\/|unix:)/i.test(named)) {
        return openAddress(named, { ...options, signal });
      }
      return openHere(named, options.consent, signal);
    });
  },

  /**
   * Check a DEEPaaS server by the rules of the API, at its address or by the id of a deployment. All routes are asked and a few
   * predictions are made; no training is begun.
   *
   * ```ts
   * const report = await modules.check('http://localhost:5000');
   * ```
   *
   * @param options `model`: where the server has several.
   * @throws DeepError `module-unreachable`, `address-refused`, `not-found`, `cancelled`
   */
  async check(
    target: string,
    options: { model?: string; signal?: AbortSignal } = {}
  ): Promise<CheckedModule> {
    return interruptible(options.signal, signal =>
      checkModule(target, options.model, signal)
    );
  }
};

async function openHere(
  target: string,
  agreed: string | Consent | undefined,
  signal?: AbortSignal
): Promise<Module> {
  const consent = typeof agreed === 'string' ? { commit: agreed } : agreed;
  const deployment = target.includes('/')
    ? await startModule(target, signal, consent)
    : await byDeploymentId(target, signal);
  return new Module(deployment.module, clientOf(deployment), deployment);
}

async function byDeploymentId(
  id: string,
  signal?: AbortSignal
): Promise<Deployment> {
  try {
    return await findDeployment(id, signal);
  } catch (error) {
    if (!(error instanceof DeepError) || error.key !== 'not-found') {
      throw error;
    }
    throw new DeepError('not-found', `Nothing with the id “${id}” runs here.`, {
      hint: `The id of a module has two parts, such as builtin/${id}; catalogue.search('…') lists them.`,
      cause: error
    });
  }
}

async function openAddress(
  address: string,
  { token, ca, signal }: { token?: string; ca?: string; signal?: AbortSignal }
): Promise<Module> {
  const [, endpoint, modelPath] =
    /^(.*?)(\/v2\/models\/[^/?#]+)?\/?$/.exec(address) ?? [];
  const client = new ModuleClient({
    endpoint,
    modelPath: modelPath && basePath(endpoint) + modelPath,
    token,
    ca
  });
  const module = new Module(address, client);
  await module.describe({ signal });
  return module;
}

const basePath = (endpoint: string): string =>
  endpoint.startsWith('unix:')
    ? ''
    : new URL(endpoint).pathname.replace(/\/+$/, '');
