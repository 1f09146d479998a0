import type { IJsonSchema } from '@jupyterlab-deep/kernel-helpers/deepaas';
import { operationOf } from '@jupyterlab-deep/kernel-helpers/deepaas/modelPaths';
import type { IAsk, ISeen } from './probe';
import {
  failed,
  ICheckContext,
  IRule,
  isObject,
  IVerdict,
  passed,
  skipped,
  statusWords,
  warning
} from './rule';

const NO_SCHEMA = 'The document has no predict for the model.';

/** Shapes of the arguments, as the document says them. */
export const SCHEMA: IRule[] = [
  {
    id: 'predict-described',
    group: 'schema',
    says: 'The document describes predict, every argument with a type.',
    remedy:
      'Declare each argument in get_predict_args() as a field of webargs.',
    look({ swagger, modelPath }) {
      const operation = operationOf(swagger, modelPath, 'predict');
      if (!operation) {
        return failed(NO_SCHEMA);
      }
      const parameters = operation.parameters as Record<string, unknown>[];
      const bare = (parameters ?? []).filter(each => !each.type && !each.$ref);
      return bare.length === 0
        ? passed(`It has ${parameters?.length ?? 0} arguments.`)
        : failed(`No type is given for ${namesOf(bare)}.`);
    }
  },
  {
    id: 'defaults',
    group: 'schema',
    says: 'A default is a value that the argument allows.',
    remedy:
      'Give `load_default` a value of the type, within its range and choices.',
    look({ predict }) {
      if (!predict) {
        return skipped(NO_SCHEMA);
      }
      const wrong = propertiesOf(predict).filter(
        ([, property]) => !isAllowed(property)
      );
      return wrong.length === 0
        ? passed('They are.')
        : failed(
            wrong
              .map(
                ([name, property]) =>
                  `${name} has the default ${JSON.stringify(property.default)}.`
              )
              .join(' ')
          );
    }
  },
  {
    id: 'described-arguments',
    group: 'schema',
    says: 'Every argument has a description.',
    remedy:
      'Add `metadata={"description": …}`: forms show it, and by the words image, audio and video clients know the medium of a file.',
    look({ predict }) {
      if (!predict) {
        return skipped(NO_SCHEMA);
      }
      const bare = propertiesOf(predict).filter(
        ([, { description }]) => !description
      );
      return bare.length === 0
        ? passed('It has.')
        : warning(
            `None is given for ${bare.map(([name]) => name).join(', ')}.`
          );
    }
  }
];

const namesOf = (parameters: Record<string, unknown>[]): string =>
  parameters.map(({ name }) => String(name)).join(', ');

const propertiesOf = (schema: IJsonSchema): [string, IJsonSchema][] =>
  Object.entries(schema.properties ?? {});

function isAllowed(property: IJsonSchema): boolean {
  const { default: value, type, enum: choices, minimum, maximum } = property;
  if (value === undefined || value === null) {
    return true;
  }
  if (Array.isArray(choices) && !choices.includes(value)) {
    return false;
  }
  switch (type) {
    case 'integer':
      return Number.isInteger(value) && isWithin(value, minimum, maximum);
    case 'number':
      return typeof value === 'number' && isWithin(value, minimum, maximum);
    case 'array':
      return Array.isArray(value);
    case 'boolean':
    case 'string':
      return typeof value === type;
    default:
      return true;
  }
}

const isWithin = (value: unknown, least: unknown, most: unknown): boolean =>
  !(Number(value) < Number(least ?? -Infinity)) &&
  !(Number(value) > Number(most ?? Infinity));

/** How arguments travel is tried by a wrong value: whoever names it has read it, and nothing is computed. */
const WRONG = 'no-such-value-here';

/** An argument that can be wrong, with a wrong value: one that may be left out, so that its absence says nothing. */
function wrongArgument(schema: IJsonSchema | undefined | null): string | null {
  const required = schema?.required ?? [];
  const canBeWrong = ({ type, enum: choices, format }: IJsonSchema): boolean =>
    format !== 'file' &&
    (type === 'integer' ||
      type === 'number' ||
      type === 'boolean' ||
      Array.isArray(choices));
  const found = propertiesOf(schema ?? {}).filter(([, each]) =>
    canBeWrong(each)
  );
  const optional = found.find(([name]) => !required.includes(name));
  return (optional ?? found[0])?.[0] ?? null;
}

const CANNOT =
  'It has no argument that could be wrong, and nothing is computed only to try this.';

async function refusesIn(
  context: ICheckContext,
  ask: (name: string, path: string) => IAsk
): Promise<IVerdict> {
  const name = wrongArgument(context.predict);
  if (name === null) {
    return skipped(CANNOT);
  }
  const seen = await context.probe.ask(
    ask(name, `${context.modelPath}predict/`)
  );
  return names(seen, name)
    ? passed(`It refuses a wrong ${name} by its name.`, seen)
    : failed(
        seen.status === 422
          ? `It answers 422, without saying that ${name} is wrong.`
          : `A wrong ${name} was not noticed: ${statusWords(seen)}`,
        seen
      );
}

/** Whether a refusal says that the value of an argument is wrong, not that it is missing. */
function names({ status, json }: ISeen, name: string): boolean {
  const said = isObject(json) ? json[name] : undefined;
  return (
    status === 422 &&
    said !== undefined &&
    !/missing|required/i.test(JSON.stringify(said))
  );
}

function formOf(fields: Record<string, string>): FormData {
  const form = new FormData();
  Object.entries(fields).forEach(([name, value]) => form.append(name, value));
  return form;
}

/** How arguments travel, and how wrong ones are refused. */
export const ARGUMENTS: IRule[] = [
  {
    id: 'arguments-query',
    group: 'arguments',
    says: 'Arguments are taken from the query.',
    remedy:
      'Do not tie them to a `location`: DEEPaaS then takes them from anywhere.',
    look: context =>
      refusesIn(context, (name, path) => ({
        method: 'POST',
        path: `${path}?${new URLSearchParams({ [name]: WRONG })}`
      }))
  },
  {
    id: 'arguments-form',
    group: 'arguments',
    says: 'Arguments are taken from a multipart form.',
    remedy:
      'Files travel in forms alone: without them no client can send both.',
    look: context =>
      refusesIn(context, (name, path) => ({
        method: 'POST',
        path,
        body: formOf({ [name]: WRONG }),
        bodyWords: `multipart/form-data: ${name}=${WRONG}`
      }))
  },
  {
    id: 'arguments-urlencoded',
    group: 'arguments',
    says: 'Arguments are taken from an urlencoded form.',
    remedy: 'Do not tie them to a `location`.',
    look: context =>
      refusesIn(context, (name, path) => ({
        method: 'POST',
        path,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ [name]: WRONG }).toString()
      }))
  },
  {
    id: 'arguments-json',
    group: 'arguments',
    says: 'Arguments are taken from a JSON body.',
    remedy: 'Objects travel in JSON alone: let the server parse it.',
    look: context =>
      refusesIn(context, (name, path) => ({
        method: 'POST',
        path,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ [name]: WRONG })
      }))
  },
  {
    id: 'required-arguments',
    group: 'arguments',
    says: 'A required argument that is missing is refused by 422, by its name.',
    remedy: 'Say `required=True` of the field, instead of failing in predict.',
    async look({ probe, predict, modelPath }) {
      const required = predict?.required ?? [];
      if (required.length === 0) {
        return skipped('No argument is required.');
      }
      const seen = await probe.ask({
        method: 'POST',
        path: `${modelPath}predict/`
      });
      const said = isObject(seen.json) ? seen.json : {};
      const silent = required.filter(name => said[name] === undefined);
      return seen.status === 422 && silent.length === 0
        ? passed('It is.', seen)
        : failed(
            seen.status === 422
              ? `It does not name ${silent.join(', ')}.`
              : statusWords(seen),
            seen
          );
    }
  },
  {
    id: 'damaged-json',
    group: 'arguments',
    says: 'Damaged JSON is refused as a mistake of the client.',
    remedy: 'A failure of the server (5xx) makes clients try again.',
    async look({ probe, modelPath, predict }) {
      if (!predict) {
        return skipped(NO_SCHEMA);
      }
      const seen = await probe.ask({
        method: 'POST',
        path: `${modelPath}predict/`,
        headers: { 'content-type': 'application/json' },
        body: '{"damaged":'
      });
      return seen.status >= 400 && seen.status < 500
        ? passed(statusWords(seen), seen)
        : failed(statusWords(seen), seen);
    }
  }
];

/** Trainings, as far as they can be looked at without beginning one. */
export const TRAININGS: IRule[] = [
  {
    id: 'trainings-list',
    group: 'trainings',
    says: 'The list of trainings is a bare array.',
    remedy: 'Serve it with DEEPaaS 2: clients look for their training in it.',
    async look({ probe, modelPath, train }) {
      if (!modelPath || train === null) {
        return skipped('It has no trainings.');
      }
      const seen = await probe.ask({ path: `${modelPath}train/` });
      if (seen.status === 402 || seen.status === 501) {
        return skipped(`Trainings are switched off: ${statusWords(seen)}`);
      }
      return seen.status === 200 && Array.isArray(seen.json)
        ? passed(`It has ${seen.json.length}.`, seen)
        : failed(
            seen.status === 200 ? 'It is no array.' : statusWords(seen),
            seen
          );
    }
  },
  {
    id: 'unknown-training',
    group: 'trainings',
    says: 'A training that is not there answers 404.',
    remedy: 'Clients know by it that a training was cancelled or lost.',
    async look({ probe, modelPath, train }) {
      if (!modelPath || train === null) {
        return skipped('It has no trainings.');
      }
      const seen = await probe.ask({
        path: `${modelPath}train/${'0'.repeat(32)}`
      });
      if (seen.status === 402 || seen.status === 501) {
        return skipped(`Trainings are switched off: ${statusWords(seen)}`);
      }
      return seen.status === 404
        ? passed('It does.', seen)
        : failed(statusWords(seen), seen);
    }
  },
  {
    id: 'training-arguments',
    group: 'trainings',
    says: 'A wrong argument of a training is refused by 422 before it begins.',
    remedy: 'Declare the arguments in get_train_args() with their types.',
    async look({ probe, modelPath, train }) {
      const name = wrongArgument(train);
      if (!modelPath || name === null) {
        return skipped(train === null ? 'It has no trainings.' : CANNOT);
      }
      const seen = await probe.ask({
        method: 'POST',
        path: `${modelPath}train/`,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ [name]: WRONG })
      });
      if (seen.status === 402 || seen.status === 501) {
        return skipped(`Trainings are switched off: ${statusWords(seen)}`);
      }
      return names(seen, name)
        ? passed(`It refuses a wrong ${name}; none was begun.`, seen)
        : failed(statusWords(seen), seen);
    }
  }
];
