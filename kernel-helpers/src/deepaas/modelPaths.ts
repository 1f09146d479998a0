import { DeepError } from '@jupyterlab-deep/protocol';

/** The part of a path that a model's name decides. */
const MODEL = /\/v2\/models\/([^/?#{}]+)\/?$/;

interface IOperation {
  parameters?: unknown;
  produces?: unknown;
}

/** The operations of a Swagger document, by their path. */
export function operationsIn(
  swagger: unknown
): [string, { post?: IOperation }][] {
  const { paths } = (swagger ?? {}) as { paths?: Record<string, unknown> };
  return Object.entries(paths ?? {}).map(([path, item]) => [
    path,
    (item ?? {}) as { post?: IOperation }
  ]);
}

/** The POST operation of a model; servers with a base path may leave the base path out of their document. */
export function operationOf(
  swagger: unknown,
  modelPath: string,
  verb: 'predict' | 'train'
): IOperation | undefined {
  const tail = `${modelPath.slice(modelPath.indexOf('/v2/models/'))}${verb}`;
  return operationsIn(swagger).find(([path]) =>
    path.replace(/\/$/, '').endsWith(tail)
  )?.[1].post;
}

/** Paths of the models that a Swagger document has, such as `/v2/models/tiny/`. */
export const modelPathsIn = (swagger: unknown, basePath = ''): string[] =>
  operationsIn(swagger)
    .filter(([path]) => /\/predict\/?$/.test(path))
    .flatMap(([path]) => pathOf(path.replace(/predict\/?$/, ''), basePath));

/**
 * Path of the only model of an endpoint, from its list of models and its Swagger document.
 * `id` and `name` in the list are the author's and may be anything, so the links count.
 *
 * @param basePath Path of the endpoint, kept before the model's: a proxy may have added it.
 * @throws DeepError `invalid-request` when there is no model, or several.
 */
export function modelPathOf(
  list: unknown,
  swagger: unknown,
  endpointName: string,
  basePath = ''
): string {
  const linked = linksIn(list, basePath);
  const known = linked.length > 0 ? linked : modelPathsIn(swagger, basePath);
  const [first, ...more] = new Set(known);
  if (first !== undefined && more.length === 0) {
    return first;
  }
  throw first === undefined
    ? new DeepError('invalid-request', `${endpointName} offers no model.`, {
        hint: 'Check that it is a DEEPaaS v2 address.'
      })
    : new DeepError(
        'invalid-request',
        `${endpointName} offers ${1 + more.length} models: ${[first, ...more].join(', ')}.`,
        { hint: 'Add the path of one of them to the address.' }
      );
}

/** The entry of a model in a list of models, or the entry itself. */
export function entryOf(list: unknown, modelPath: string): unknown {
  const { models } = (list ?? {}) as { models?: unknown };
  if (!Array.isArray(models)) {
    return list;
  }
  const name = MODEL.exec(modelPath)?.[1];
  return (
    models.find(model => MODEL.exec(hrefOf(model) ?? '')?.[1] === name) ??
    models[0]
  );
}

function linksIn(list: unknown, basePath: string): string[] {
  const { models } = (list ?? {}) as { models?: unknown };
  return (Array.isArray(models) ? models : []).flatMap(model =>
    pathOf(hrefOf(model) ?? '', basePath)
  );
}

function hrefOf(model: unknown): string | undefined {
  const { links } = (model ?? {}) as { links?: unknown };
  const self = (Array.isArray(links) ? links : []).find(
    link => link?.rel === 'self' && typeof link.href === 'string'
  );
  return self?.href;
}

/** Of a link only the model's name counts: a module cannot send its caller, with a token, elsewhere. */
function pathOf(href: string, basePath: string): string[] {
  const name = MODEL.exec(href)?.[1];
  return name === undefined || /^\.+$/.test(name)
    ? []
    : [`${basePath}/v2/models/${name}/`];
}
