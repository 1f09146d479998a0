import {
  failed,
  ICheckContext,
  IRule,
  isObject,
  NO_MODEL,
  passed,
  skipped,
  statusWords,
  warning
} from './rule';

const MINUTES_OF_A_PROXY = 'A proxy before the server may answer in its place.';

/** The ways in: what a client asks first, and what it gets where there is nothing. */
export const WAYS: IRule[] = [
  {
    id: 'root',
    group: 'ways',
    says: 'GET / answers with JSON that names the versions of the API.',
    remedy: `Serve it with DEEPaaS 2. ${MINUTES_OF_A_PROXY}`,
    async look({ probe, base }) {
      const seen = await probe.ask({ path: `${base}/` });
      if (base !== '') {
        return skipped('Below a base path DEEPaaS has no such page.');
      }
      return seen.status === 200 && isObject(seen.json)
        ? passed('It does.', seen)
        : warning(statusWords(seen), seen);
    }
  },
  {
    id: 'swagger',
    group: 'ways',
    says: 'GET /swagger.json answers with a Swagger 2.0 document.',
    remedy:
      'Every client begins there: switch the documentation on, and let the path through the proxy.',
    async look({ probe, base }) {
      const seen = await probe.ask({ path: `${base}/swagger.json` });
      const document = isObject(seen.json) ? seen.json : {};
      const isSwagger = document.swagger === '2.0' && isObject(document.paths);
      return seen.status === 200 && isSwagger
        ? passed(
            `It has ${Object.keys(document.paths as object).length} paths.`,
            seen
          )
        : failed(
            seen.status === 200
              ? 'What it answers is no Swagger 2.0 document.'
              : statusWords(seen),
            seen
          );
    }
  },
  {
    id: 'version',
    group: 'ways',
    says: 'GET /v2/ answers with the version of the API.',
    remedy: 'Serve it with DEEPaaS 2.',
    async look({ probe, base }) {
      const seen = await probe.ask({ path: `${base}/v2/` });
      return seen.status === 200 && isObject(seen.json)
        ? passed('It does.', seen)
        : warning(statusWords(seen), seen);
    }
  },
  {
    id: 'models-list',
    group: 'ways',
    says: 'GET /v2/models/ lists the models, each with a link to itself.',
    remedy:
      'The paths of a model are made from its link `rel: self`: give one to each.',
    async look({ probe, base }) {
      const seen = await probe.ask({ path: `${base}/v2/models/` });
      const models = isObject(seen.json) ? seen.json.models : undefined;
      if (seen.status !== 200 || !Array.isArray(models)) {
        return failed(
          seen.status === 200
            ? 'There is no list `models` in it.'
            : statusWords(seen),
          seen
        );
      }
      const bare = models.filter(model => !hasSelf(model)).length;
      return bare === 0 && models.length > 0
        ? passed(`It lists ${models.length}.`, seen)
        : failed(
            models.length === 0
              ? 'It lists none.'
              : `${bare} of ${models.length} have no link to themselves.`,
            seen
          );
    }
  },
  {
    id: 'model',
    group: 'ways',
    says: 'The path of a model answers with what it says of itself.',
    remedy: 'Let get_metadata() return a dictionary.',
    async look({ probe, modelPath }) {
      if (!modelPath) {
        return skipped(NO_MODEL);
      }
      const seen = await probe.ask({ path: modelPath });
      return seen.status === 200 && isObject(seen.json)
        ? passed('It does.', seen)
        : failed(statusWords(seen), seen);
    }
  },
  {
    id: 'missing-slash',
    group: 'ways',
    says: 'A path without its slash is redirected by 308, which keeps method and body.',
    remedy:
      'Any other redirect turns a POST into a GET in many clients: let the server redirect by itself.',
    async look({ probe, modelPath }) {
      if (!modelPath) {
        return skipped(NO_MODEL);
      }
      const path = modelPath.replace(/\/$/, '');
      const seen = await probe.ask({ path: `${path}?a=b` });
      const to = String(seen.headers.location ?? '');
      if (seen.status === 308 && /\/\?a=b$/.test(to)) {
        return passed('It is, with its query.', seen);
      }
      return seen.status === 200
        ? passed('It is answered as it is.', seen)
        : warning(statusWords(seen), seen);
    }
  },
  {
    id: 'unknown-model',
    group: 'ways',
    says: 'A model that is not there answers 404.',
    remedy: 'Do not answer with a page in place of an error.',
    async look({ probe, base }) {
      const seen = await probe.ask({
        path: `${base}/v2/models/no-such-model-here/`
      });
      return seen.status === 404
        ? passed('It does.', seen)
        : failed(statusWords(seen), seen);
    }
  },
  {
    id: 'wrong-method',
    group: 'ways',
    says: 'A prediction is a POST: GET is refused.',
    remedy: 'Nothing may be computed by GET, which browsers send unasked.',
    async look({ probe, modelPath }) {
      if (!modelPath) {
        return skipped(NO_MODEL);
      }
      const seen = await probe.ask({ path: `${modelPath}predict/` });
      return seen.status === 405 || seen.status === 402
        ? passed(statusWords(seen), seen)
        : failed(statusWords(seen), seen);
    }
  },
  {
    id: 'debug',
    group: 'ways',
    says: 'GET /v2/debug/ answers 204 where the log is not shown, else with text.',
    remedy:
      'A log may hold what people sent: switch it off where others can reach it.',
    async look({ probe, base }) {
      const seen = await probe.ask({ path: `${base}/v2/debug/` });
      if (seen.status === 204) {
        return passed('The log is not shown.', seen);
      }
      return seen.status === 200
        ? warning('The log of the server can be read by everybody.', {
            ...seen,
            answered: '200 with the log'
          })
        : warning(statusWords(seen), seen);
    }
  }
];

function hasSelf(model: unknown): boolean {
  const links = isObject(model) ? model.links : undefined;
  return (
    Array.isArray(links) &&
    links.some(
      link =>
        isObject(link) && link.rel === 'self' && typeof link.href === 'string'
    )
  );
}

const WANTED = ['name', 'version', 'license', 'author', 'description'];
/** Many modules use these words. */
const SAME: Record<string, string[]> = {
  license: ['licence'],
  author: ['authors', 'author-email'],
  description: ['summary']
};

/** What a model says of itself. */
export const METADATA: IRule[] = [
  {
    id: 'metadata',
    group: 'metadata',
    says: 'The metadata have a name, a version, a licence, an author and a description.',
    remedy: 'Return them from get_metadata().',
    async look(context) {
      const about = await aboutOf(context);
      if (!about) {
        return skipped('The model does not say anything of itself.');
      }
      const { json, seen } = about;
      const missing = WANTED.filter(
        name => ![name, ...(SAME[name] ?? [])].some(key => json[key])
      );
      return missing.length === 0
        ? passed('They do.', seen)
        : warning(`These are missing: ${missing.join(', ')}.`, seen);
    }
  },
  {
    id: 'metadata-id',
    group: 'metadata',
    says: 'The id in the metadata is the name in the path.',
    remedy:
      'Return the name of the entry point as `id` from get_metadata(): clients that build paths from the id find nothing otherwise.',
    async look(context) {
      const about = await aboutOf(context);
      if (!about) {
        return skipped('The model does not say anything of itself.');
      }
      const { json, seen } = about;
      return plain(json.id) === plain(context.model)
        ? passed('It is.', seen)
        : warning(
            `The id is “${String(json.id)}”, the path has “${context.model}”.`,
            seen
          );
    }
  }
];

const plain = (name: unknown): string =>
  String(name)
    .toLowerCase()
    .replaceAll(/[-_.]+/g, '-');

async function aboutOf({ probe, modelPath }: ICheckContext) {
  const seen = modelPath ? await probe.ask({ path: modelPath }) : undefined;
  return seen && isObject(seen.json) ? { json: seen.json, seen } : undefined;
}
