/**
 * Our side: the helpers of the wheel in a Node of their own, as a cell calls them. Answers each line of standard input:
 * {"path"} with the milliseconds and the best class; {"lag"} with how late timers were while pictures were predicted, or while nothing was.
 */
const { createInterface } = require('node:readline');
const { monitorEventLoopDelay } = require('node:perf_hooks');

const [helpers, folder, threads] = process.argv.slice(2);
const { models } = require(helpers);
const RESOLUTION_MS = 1;

const say = value => process.stdout.write(`${JSON.stringify(value)}\n`);

async function predict(model, image) {
  const start = performance.now();
  const answer = await model.predict({ image, top_k: 5 });
  const ms = performance.now() - start;
  return { ms, index: answer.value.predictions[0].index };
}

/** Mean and 99th percentile of the loop's delay, milliseconds over the timer's own. */
async function lag(model, { pictures, durationMs }) {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const end = performance.now() + durationMs;
  histogram.enable();
  let count = 0;
  while (performance.now() < end) {
    if (pictures.length > 0) {
      await predict(model, pictures[count++ % pictures.length]);
    } else {
      await new Promise(resolve => setTimeout(resolve, 20));
    }
  }
  histogram.disable();
  const over = value => value / 1e6 - RESOLUTION_MS;
  return {
    meanMs: over(histogram.mean),
    p99Ms: over(histogram.percentile(99)),
    count
  };
}

async function main() {
  const model = await models.load(folder, { threads: Number(threads) });
  say({ ready: true, backend: model.backend, detail: model.detail });
  for await (const line of createInterface({ input: process.stdin })) {
    const asked = JSON.parse(line);
    say(
      asked.lag ? await lag(model, asked.lag) : await predict(model, asked.path)
    );
  }
  await model.release();
}

main().catch(error => {
  console.error(error.message);
  process.exit(1);
});
