import type { ImApi } from './imApi';
import { secretsOf } from './inputs';
import { ITemplate, markOf, readTemplate } from './template';

/** What the template of an infrastructure tells; it never changes. */
export interface IFacts {
  /** The deployment that it is marked with. */
  deployment?: string;
  /** What nobody may see of its log. */
  secrets: string[];
  /** For people. */
  resources?: string;
}

/** Asks for the templates of infrastructures, once each. */
export class Facts {
  constructor(private readonly _api: ImApi) {}

  async of(id: string, signal: AbortSignal): Promise<IFacts> {
    const known = this._known.get(id);
    if (known) {
      return known;
    }
    const text = await this._api.tosca(id, signal);
    if (text === undefined) {
      return { secrets: [] };
    }
    const facts = factsIn(text);
    this._known.set(id, facts);
    return facts;
  }

  forget(id: string): void {
    this._known.delete(id);
  }

  private readonly _known = new Map<string, IFacts>();
}

/** An infrastructure that somebody else made may be of any kind. */
function factsIn(text: string): IFacts {
  const deployment = markOf(text);
  try {
    const template = readTemplate('x', text, 'the infrastructure');
    const resources = resourcesOf(template);
    return {
      deployment,
      secrets: secretsOf(template),
      ...(resources && { resources })
    };
  } catch {
    return { deployment, secrets: [] };
  }
}

function resourcesOf({ inputs }: ITemplate): string {
  const value = (...names: string[]): unknown =>
    names.map(name => inputs[name]?.default).find(each => each !== undefined);
  const cpus = value('num_cpus', 'cpus');
  const memory = value('mem_size', 'mem');
  const gpus = Number(value('num_gpus') ?? 0);
  return [
    ...(cpus === undefined ? [] : [`${Number(cpus)} CPUs`]),
    ...(memory === undefined ? [] : [String(memory)]),
    ...(gpus > 0 ? [`${gpus} GPUs`] : [])
  ].join(', ');
}
