/** Checks the types of every part: neither jest nor esbuild does. */
import { main, run } from './steps.mjs';

const PROJECTS = [
  'tsconfig.test.json',
  'kernel-helpers',
  'service',
  'module-runtime',
  'ui-tests'
];

main(async () => {
  await run('npx', ['tsc', '-b', 'protocol'], { show: true });
  for (const project of PROJECTS) {
    await run('npx', ['tsc', '-p', project, '--noEmit'], { show: true });
  }
});
