import {
  failed,
  ICheckContext,
  IOperation,
  IRule,
  isObject,
  IVerdict,
  passed,
  skipped,
  statusWords,
  warning
} from './rule';
import type { ISeen } from './probe';
import { predictionOf } from './sample';

const AT_ONCE = 4;
const AGAIN = 3;
const FOR_MEMORY = 20;
/** Less than this is an interpreter that fills its caches. */
const GROWTH_BYTES = 64 * 1024 ** 2;
const GROWTH_PART = 0.25;
const SLOW_FIRST_MS = 1_000;
const SLOW_FIRST_TIMES = 5;

const NO_ANSWER =
  'No prediction was answered with the values that were made up for it.';

interface IAnswers {
  /** In the order of the requests. */
  first: ISeen;
  isAnswered: boolean;
}

const answers = new WeakMap<ICheckContext, Promise<IAnswers>>();

/** The first prediction is also the one by which warming up is seen: it is asked for once. */
function firstAnswer(context: ICheckContext): Promise<IAnswers> {
  const known = answers.get(context);
  if (known) {
    return known;
  }
  const asked = predict(context).then(first => ({
    first,
    isAnswered: first.status === 200
  }));
  answers.set(context, asked);
  return asked;
}

const predict = (
  context: ICheckContext,
  headers: Record<string, string> = {}
): Promise<ISeen> => {
  const [accept] = acceptsOf(context);
  return context.probe.ask(
    predictionOf(`${context.modelPath}predict/`, context.sample!, {
      ...(accept && { accept }),
      ...headers
    })
  );
};

function operation({
  swagger,
  modelPath
}: ICheckContext): IOperation | undefined {
  return swagger?.paths?.[`${modelPath}predict/`]?.post;
}

/** The parameter `accept`, where the module has one. */
const acceptParameter = (
  context: ICheckContext
): Record<string, unknown> | undefined =>
  operation(context)?.parameters?.find(({ name }) => name === 'accept');

const acceptsOf = (context: ICheckContext): string[] => {
  const choices = acceptParameter(context)?.enum;
  return Array.isArray(choices)
    ? choices.map(String).filter(each => !each.includes('*'))
    : [];
};

/** What is answered. */
export const ANSWERS: IRule[] = [
  {
    id: 'predict',
    group: 'answers',
    says: 'A prediction with values that its description allows is answered.',
    remedy:
      'What predict cannot use must be refused by the arguments (422); its log says why it failed.',
    async look(context) {
      if (!context.sample) {
        return skipped('It does not say what it predicts from.');
      }
      const { first } = await firstAnswer(context);
      if (first.status === 200) {
        return passed(`It was, in ${Math.round(first.ms)} ms.`, first);
      }
      if (first.status === 422 && !context.sample.isOwn) {
        return skipped(
          'It refuses the values that were made up for it, in words.'
        );
      }
      const says = statusWords(first);
      return context.sample.isOwn || first.status === 0
        ? failed(says, first)
        : warning(`${says} The values were made up by its description.`, first);
    }
  },
  {
    id: 'answer-shape',
    group: 'answers',
    says: 'A JSON answer is the module’s own by its schema, or {"status": "OK", "predictions": …}.',
    remedy: 'Leave the wrapping to DEEPaaS, or declare a `schema`.',
    async look(context) {
      const answer = context.sample && (await firstAnswer(context));
      if (!answer?.isAnswered) {
        return skipped(NO_ANSWER);
      }
      const { first } = answer;
      if (!/json/.test(first.contentType)) {
        return skipped(`It answers ${first.contentType}.`);
      }
      return shapeVerdict(context, first);
    }
  },
  {
    id: 'media-types',
    group: 'answers',
    says: 'Each media type that is offered is answered with.',
    remedy: 'Look at `accept` in predict and return bytes of that type.',
    async look(context) {
      const answer = context.sample && (await firstAnswer(context));
      const types = acceptsOf(context);
      if (!answer?.isAnswered || types.length === 0) {
        return skipped(
          types.length === 0 ? 'It offers no media types.' : NO_ANSWER
        );
      }
      for (const type of types) {
        const seen = await accepting(context, type);
        if (seen.status !== 200 || seen.contentType !== type) {
          return failed(
            `Asked for ${type}: ${statusWords(seen)} with ${seen.contentType || 'no content type'}.`,
            seen
          );
        }
      }
      return passed(`It is: ${types.join(', ')}.`);
    }
  },
  {
    id: 'unknown-media-type',
    group: 'answers',
    says: 'A media type that is not offered is refused by 422.',
    remedy: 'Give `accept` a validator: `validate.OneOf([...])`.',
    async look(context) {
      if (!context.sample || acceptsOf(context).length === 0) {
        return skipped('It offers no media types.');
      }
      const seen = await accepting(context, 'application/x-no-such-type');
      const said = isObject(seen.json) ? seen.json : {};
      return seen.status === 422 && 'accept' in said
        ? passed('It is.', seen)
        : failed(statusWords(seen), seen);
    }
  }
];

/** As a module may look for it: in the header or among the arguments. */
function accepting(context: ICheckContext, type: string): Promise<ISeen> {
  const isHeader = acceptParameter(context)?.in === 'header';
  const asked = predictionOf(
    `${context.modelPath}predict/`,
    context.sample!,
    isHeader ? { accept: type } : {}
  );
  return context.probe.ask({
    ...asked,
    path: isHeader
      ? asked.path
      : `${asked.path}?${new URLSearchParams({ accept: type })}`
  });
}

function shapeVerdict(context: ICheckContext, seen: ISeen): IVerdict {
  const { json } = seen;
  if (json === undefined) {
    return failed('It is said to be JSON and is none.', seen);
  }
  const isWrapped =
    isObject(json) && json.status === 'OK' && 'predictions' in json;
  if (isWrapped) {
    return passed('It is wrapped.', seen);
  }
  const reference = operation(context)?.responses?.['200']?.schema?.$ref ?? '';
  const name = reference.split('/').at(-1) ?? '';
  const wanted = context.swagger?.definitions?.[name]?.properties;
  if (!isObject(wanted) || name === 'Prediction') {
    return warning('It is not wrapped, and no schema says what it has.', seen);
  }
  const unknown = isObject(json)
    ? Object.keys(json).filter(key => !(key in wanted))
    : ['an answer that is no object'];
  return unknown.length === 0
    ? passed(`It is as ${name} says.`, seen)
    : failed(`${name} does not have ${unknown.join(', ')}.`, seen);
}

/** How it bears being used. */
export const LOAD: IRule[] = [
  {
    id: 'warm-up',
    group: 'load',
    says: 'The first prediction takes no longer than the next.',
    remedy: 'Load the weights in warm(), which DEEPaaS calls before it serves.',
    async look(context) {
      const answer = context.sample && (await firstAnswer(context));
      if (!answer?.isAnswered) {
        return skipped(NO_ANSWER);
      }
      const times: number[] = [];
      for (let count = 0; count < AGAIN; count++) {
        times.push((await predict(context)).ms);
      }
      const usual = times.toSorted((a, b) => a - b)[AGAIN >> 1];
      const { ms } = answer.first;
      const words = `The first took ${Math.round(ms)} ms, the next ${Math.round(usual)} ms.`;
      return ms > SLOW_FIRST_MS && ms > usual * SLOW_FIRST_TIMES
        ? warning(words)
        : passed(`${words} Whether others had used it before is not known.`);
    }
  },
  {
    id: 'concurrent',
    group: 'load',
    says: `${AT_ONCE} predictions at once are all answered.`,
    remedy:
      'Keep nothing of a request in variables of the module; start the server with more `--workers`.',
    async look(context) {
      const answer = context.sample && (await firstAnswer(context));
      if (!answer?.isAnswered) {
        return skipped(NO_ANSWER);
      }
      const since = performance.now();
      const seen = await Promise.all(
        Array.from({ length: AT_ONCE }, () => predict(context))
      );
      const wrong = seen.find(({ status }) => status !== 200);
      const ms = Math.round(performance.now() - since);
      return wrong
        ? failed(`One of them was not: ${statusWords(wrong)}`, wrong)
        : passed(`They were, in ${ms} ms together.`);
    }
  },
  {
    id: 'memory',
    group: 'load',
    says: `Memory does not grow with ${FOR_MEMORY} predictions.`,
    remedy:
      'Remove temporary files and drop what a request made; keep no results in variables of the module.',
    async look(context) {
      const answer = context.sample && (await firstAnswer(context));
      const before = await context.memoryBytes();
      if (!answer?.isAnswered || before === undefined) {
        return skipped(
          before === undefined
            ? 'Its processes cannot be seen from here.'
            : NO_ANSWER
        );
      }
      for (let count = 0; count < FOR_MEMORY; count++) {
        await predict(context);
      }
      const after = (await context.memoryBytes()) ?? before;
      const words = `From ${megabytes(before)} to ${megabytes(after)}.`;
      const grown = after - before;
      return grown > GROWTH_BYTES && grown > before * GROWTH_PART
        ? warning(words)
        : passed(words);
    }
  }
];

const megabytes = (bytes: number): string =>
  `${Math.round(bytes / 1024 ** 2).toLocaleString('en')} MB`;
