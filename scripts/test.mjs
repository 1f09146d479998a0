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

const nothing = { passed: 0, failed: 0, skipped: 0, skips: [], failures: [] };

/** A tool that only passes or fails counts as one test. */
async function check(name, command, args) {
  const code = await run(command, args, { show: true, mayFail: true });
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

async function jest() {
  const report = at('.cache/jest.json');
  await rm(report, { force: true });
  const code = await run(
    'npx',
    ['jest', '--ci', '--forceExit', '--json', `--outputFile=${report}`],
    {
      show: true,
      mayFail: true,
      env: testEnvironment()
    }
  );
  const data = existsSync(report)
    ? JSON.parse(readFileSync(report, 'utf8'))
    : { testResults: [] };
  const tests = data.testResults.flatMap(file => file.assertionResults);
  const names = status =>
    tests.filter(test => test.status === status).map(test => test.fullName);
  const broken = data.testResults
    .filter(
      file => file.status === 'failed' && file.assertionResults.length === 0
    )
    .map(file => path.relative(root, file.name));
  return withExit('jest', code, {
    passed: names('passed').length,
    failed: names('failed').length + broken.length,
    skipped: names('pending').length,
    skips: names('pending'),
    failures: [...names('failed'), ...broken]
  });
}

async function python() {
  const report = at('.cache/pytest.xml');
  await rm(report, { force: true });
  const code = await run(
    'python',
    ['-m', 'pytest', '-q', '-rs', 'tests', `--junitxml=${report}`],
    {
      show: true,
      mayFail: true,
      env: testEnvironment()
    }
  );
  const xml = existsSync(report) ? readFileSync(report, 'utf8') : '';
  const cases = [
    ...xml.matchAll(
      /<testcase [^>]*?name="([^"]*)"[^>]*?(\/>|>([\s\S]*?)<\/testcase>)/g
    )
  ];
  const having = tag =>
    cases.filter(each => (each[3] ?? '').includes(`<${tag}`));
  const failed = [...new Set([...having('failure'), ...having('error')])];
  const skipped = having('skipped');
  return withExit('pytest', code, {
    passed: cases.length - failed.length - skipped.length,
    failed: failed.length,
    skipped: skipped.length,
    skips: skipped.map(
      each =>
        `${each[1]}: ${/message="([^"]*)"/.exec(each[3])?.[1] ?? 'no reason'}`
    ),
    failures: failed.map(each => each[1])
  });
}

function* specs(suite) {
  yield* suite.specs ?? [];
  for (const inner of suite.suites ?? []) {
    yield* specs(inner);
  }
}

async function browser() {
  const report = at('.cache/playwright.json');
  await rm(report, { force: true });
  const code = await run(
    'npx',
    ['playwright', 'test', '--reporter=list,json'],
    {
      cwd: at('ui-tests'),
      show: true,
      mayFail: true,
      env: { ...testEnvironment(), PLAYWRIGHT_JSON_OUTPUT_NAME: report }
    }
  );
  const data = existsSync(report)
    ? JSON.parse(readFileSync(report, 'utf8'))
    : { suites: [] };
  const tests = data.suites
    .flatMap(suite => [...specs(suite)])
    .flatMap(spec => spec.tests.map(test => ({ spec, test })));
  const named = status => tests.filter(each => each.test.status === status);
  return withExit('playwright', code, {
    passed: named('expected').length + named('flaky').length,
    failed: named('unexpected').length,
    skipped: named('skipped').length,
    skips: named('skipped').map(
      ({ spec, test }) =>
        `${spec.title}: ${test.annotations[0]?.description ?? 'no reason'}`
    ),
    failures: named('unexpected').map(({ spec }) => spec.title)
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
    failures: results.flatMap(each => each.failures)
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
  for (const [name, suite] of Object.entries(SUITES)) {
    if (wanted.length === 0 || wanted.includes(name)) {
      results.push(await step(`Tests: ${name}`, suite));
    }
  }
  const all = sum(results);
  all.skips.forEach(each => console.log(`skipped: ${each}`));
  all.failures.forEach(each => console.log(`failed: ${each}`));
  console.log(
    `\n${all.passed} passed, ${all.failed} failed, ${all.skipped} skipped`
  );
  process.exitCode = all.failed > 0 || all.passed === 0 ? 1 : 0;
});
