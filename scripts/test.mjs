/**
 * Set-up, then every test in all languages; the last line counts them all.
 * Usage: npm test [-- lint|jest|python|browser …]   (all when none is named)
 */
import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { at, root } from './paths.mjs';
import { setup } from './setup.mjs';
import { main, run, step } from './steps.mjs';

const nothing = {
  passed: 0,
  failed: 0,
  skipped: 0,
  skips: [],
  failures: [],
  flaky: []
};

/** One run of a suite that takes longer than this hangs. */
const SUITE_LIMIT_MS = 45 * 60_000;

/** Runs a tool that shows its own output and writes its own report. */
const suite = (command, args, more = {}) =>
  run(command, args, {
    show: true,
    mayFail: true,
    timeoutMs: SUITE_LIMIT_MS,
    ...more
  });

/** A tool that only passes or fails counts as one test. */
async function check(name, command, args) {
  const code = await suite(command, args);
  return code === 0
    ? { ...nothing, passed: 1 }
    : { ...nothing, failed: 1, failures: [name] };
}

async function lint() {
  const results = [
    await check('eslint', 'npm', ['run', '-s', 'eslint:check']),
    await check('prettier', 'npm', ['run', '-s', 'prettier:check']),
    await check('stylelint', 'npm', ['run', '-s', 'stylelint:check']),
    await check('types', 'npm', ['run', '-s', 'typecheck'])
  ];
  return sum(results);
}

/** A runner that was ended before it wrote its report has failed, whatever it counted. */
function withExit(name, code, result) {
  return code !== 0 && result.failed === 0
    ? { ...result, failed: 1, failures: [`${name} ended with ${code}`] }
    : result;
}

/** Beyond so many files of failures something is broken, and a second try only costs time. */
const MOST_RETRIED = 8;

/**
 * Once more, alone, what failed beside everything else on a machine of two cores. Whatever fails twice has failed; the rest
 * is told by name, so that nobody overlooks it.
 */
async function withRetry(first, retriedFiles, again) {
  const files = retriedFiles.length;
  if (first.failed === 0 || files === 0 || files > MOST_RETRIED) {
    return first;
  }
  console.log(`▸ Once more, alone: ${retriedFiles.join(', ')}`);
  const second = await again(retriedFiles);
  const still = first.failures.filter(name => second.failures.includes(name));
  const mended = first.failures.filter(name => !still.includes(name));
  if (second.failed > 0 && still.length === 0) {
    return first;
  }
  return {
    ...first,
    passed: first.passed + mended.length,
    failed: still.length,
    failures: still,
    flaky: mended
  };
}

async function jest() {
  const { result, files } = await runJest('.cache/jest.json', []);
  return withRetry(result, files, async failed => {
    const args = ['--runInBand', '--runTestsByPath', ...failed];
    return (await runJest('.cache/jest-again.json', args)).result;
  });
}

async function runJest(reportPath, more) {
  const report = at(reportPath);
  await rm(report, { force: true });
  const code = await suite(
    'npx',
    [
      'jest',
      '--ci',
      '--forceExit',
      '--json',
      `--outputFile=${report}`,
      ...more
    ],
    { env: testEnvironment() }
  );
  const data = existsSync(report)
    ? JSON.parse(readFileSync(report, 'utf8'))
    : { testResults: [] };
  const tests = data.testResults.flatMap(file => file.assertionResults);
  const names = status =>
    tests.filter(test => test.status === status).map(test => test.fullName);
  const failedFiles = data.testResults.filter(
    ({ status }) => status === 'failed'
  );
  const broken = failedFiles
    .filter(file => file.assertionResults.length === 0)
    .map(file => path.relative(root, file.name));
  const result = withExit('jest', code, {
    passed: names('passed').length,
    failed: names('failed').length + broken.length,
    skipped: names('pending').length,
    skips: names('pending'),
    failures: [...names('failed'), ...broken],
    flaky: []
  });
  const files = failedFiles.map(({ name }) => path.relative(root, name));
  return { result, files };
}

async function python() {
  const { result, files } = await runPytest('.cache/pytest.xml', []);
  return withRetry(
    result,
    files,
    async () =>
      (await runPytest('.cache/pytest-again.xml', ['--last-failed'])).result
  );
}

async function runPytest(reportPath, more) {
  const report = at(reportPath);
  await rm(report, { force: true });
  const code = await suite(
    'python',
    ['-m', 'pytest', '-q', '-rs', 'tests', `--junitxml=${report}`, ...more],
    { env: testEnvironment() }
  );
  const xml = existsSync(report) ? readFileSync(report, 'utf8') : '';
  const cases = [
    ...xml.matchAll(
      /<testcase classname="([^"]*)" name="([^"]*)"[^>]*?(\/>|>([\s\S]*?)<\/testcase>)/g
    )
  ].map(([, file, name, , content = '']) => ({ file, name, content }));
  const having = tag =>
    cases.filter(({ content }) => content.includes(`<${tag}`));
  const failed = [...new Set([...having('failure'), ...having('error')])];
  const skipped = having('skipped');
  const result = withExit('pytest', code, {
    passed: cases.length - failed.length - skipped.length,
    failed: failed.length,
    skipped: skipped.length,
    skips: skipped.map(
      ({ name, content }) =>
        `${name}: ${/message="([^"]*)"/.exec(content)?.[1] ?? 'no reason'}`
    ),
    failures: failed.map(({ name }) => name),
    flaky: []
  });
  return { result, files: [...new Set(failed.map(({ file }) => file))] };
}

function* specs(group) {
  yield* group.specs ?? [];
  for (const inner of group.suites ?? []) {
    yield* specs(inner);
  }
}

/** What was said when it was skipped; a file whose tests build on each other gives up the rest. */
const skipReason = ({ annotations, results }) =>
  [...annotations, ...results.flatMap(each => each.annotations ?? [])].find(
    ({ type }) => type === 'skip'
  )?.description ?? 'one before it in its file failed, on which it builds';

async function browser() {
  const report = at('.cache/playwright.json');
  await rm(report, { force: true });
  const code = await suite(
    'npx',
    ['playwright', 'test', '--reporter=list,json'],
    {
      cwd: at('ui-tests'),
      env: { ...testEnvironment(), PLAYWRIGHT_JSON_OUTPUT_NAME: report }
    }
  );
  const data = existsSync(report)
    ? JSON.parse(readFileSync(report, 'utf8'))
    : { suites: [] };
  const tests = data.suites
    .flatMap(group => [...specs(group)])
    .flatMap(spec => spec.tests.map(test => ({ spec, test })));
  const named = status => tests.filter(each => each.test.status === status);
  return withExit('playwright', code, {
    passed: named('expected').length + named('flaky').length,
    failed: named('unexpected').length,
    skipped: named('skipped').length,
    skips: named('skipped').map(
      ({ spec, test }) => `${spec.title}: ${skipReason(test)}`
    ),
    failures: named('unexpected').map(({ spec }) => spec.title),
    flaky: named('flaky').map(({ spec }) => spec.title)
  });
}

/** Where tests find real data, by the variable DEEP_TEST_DATA, else a folder `shared` beside the project. */
function testEnvironment() {
  const beside = path.join(path.dirname(root), 'shared');
  const data =
    process.env.DEEP_TEST_DATA ?? (existsSync(beside) ? beside : undefined);
  return {
    ...(data && { DEEP_TEST_DATA: data }),
    // A test asks no public catalogue: it has a server of its own where it needs one.
    DEEP_CATALOGUE_DISABLED: JSON.stringify(['ai4eosc', 'ai4os', 'deep'])
  };
}

function sum(results) {
  const total = key => results.reduce((all, each) => all + each[key], 0);
  return {
    passed: total('passed'),
    failed: total('failed'),
    skipped: total('skipped'),
    skips: results.flatMap(each => each.skips),
    failures: results.flatMap(each => each.failures),
    flaky: results.flatMap(each => each.flaky)
  };
}

const SUITES = { lint, jest, python, browser };

main(async () => {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter(name => !(name in SUITES));
  if (unknown.length > 0) {
    throw new Error(
      `No such tests: ${unknown.join(', ')}. There are: ${Object.keys(SUITES).join(', ')}.`
    );
  }
  await setup({ tests: true });
  const results = [];
  for (const [name, runSuite] of Object.entries(SUITES)) {
    if (wanted.length === 0 || wanted.includes(name)) {
      results.push(await step(`Tests: ${name}`, runSuite));
    }
  }
  const all = sum(results);
  all.skips.forEach(each => console.log(`skipped: ${each}`));
  all.flaky.forEach(each =>
    console.log(`flaky, right when it ran again: ${each}`)
  );
  all.failures.forEach(each => console.log(`failed: ${each}`));
  console.log(
    `\n${all.passed} passed, ${all.failed} failed, ${all.skipped} skipped`
  );
  process.exitCode = all.failed > 0 || all.passed === 0 ? 1 : 0;
});
