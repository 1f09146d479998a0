/** Evaluates JSONata apart from whoever asks: what loops or takes all memory ends with this thread alone. */
import jsonata from 'jsonata';
import { parentPort, workerData } from 'node:worker_threads';
import type {
  IEvaluated,
  IExpressionCall,
  IExpressionWorker
} from './expressions';

/** Compiling takes longer than most evaluations, and a run has thousands of the same. */
const KEPT = 200;

const { limits, done } = workerData as IExpressionWorker;
const { timeMs, depth, longest, characters } = limits;
const doneSoFar = new Int32Array(done);
const compiled = new Map<string, jsonata.Expression>();

function compile(text: string): jsonata.Expression {
  const known = compiled.get(text);
  if (known) {
    return known;
  }
  const guards = { timeout: timeMs, stack: depth, sequence: longest };
  const expression = jsonata(text, guards);
  if (compiled.size >= KEPT) {
    compiled.clear();
  }
  compiled.set(text, expression);
  return expression;
}

async function evaluate(
  text: string,
  { value, bindings, isOnlyChecked }: IExpressionCall
): Promise<IEvaluated> {
  try {
    const expression = compile(text);
    if (isOnlyChecked) {
      return {};
    }
    const found = await expression.evaluate(value, bindings);
    // Functions and marks of sequences stay here.
    const json = JSON.stringify(found);
    return json !== undefined && json.length > characters
      ? {
          problem: {
            message: `It gives more than ${characters / 1_000_000} million characters.`
          }
        }
      : { json };
  } catch (error) {
    return { problem: problemOf(error) };
  }
}

function problemOf(error: unknown): IEvaluated['problem'] {
  const { message, position, code } = error as jsonata.JsonataError;
  if (error instanceof RangeError) {
    return { message: 'It goes too deep, or makes something too long.' };
  }
  return {
    message: String(message ?? error),
    ...(typeof position === 'number' && { position }),
    ...(code && { code })
  };
}

parentPort!.on('message', async (calls: IExpressionCall[]) => {
  const answers: IEvaluated[][] = [];
  for (const call of calls) {
    const own: IEvaluated[] = [];
    for (const text of call.texts) {
      own.push(await evaluate(text, call));
    }
    answers.push(own);
    Atomics.add(doneSoFar, 0, 1);
  }
  parentPort!.postMessage(answers);
});
