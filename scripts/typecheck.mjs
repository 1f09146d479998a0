/** Checks the types of every part: neither jest nor esbuild does. */
import { main, run } from './steps.mjs';

/** By its path: the name `tsc` may lead to the older compiler that the TypeScript kernel brings along. */
const TSC = 'node_modules/typescript/bin/tsc';

const PROJECTS = [
  'tsconfig.test.json',
  'kernel-helpers',
  'service',
  'module-runtime',
  'stand-in',
  'ui-tests'
];

main(async () => {
  await run('node', [TSC, '-b', 'protocol'], { show: true });
  for (const project of PROJECTS) {
    await run('node', [TSC, '-p', project, '--noEmit'], { show: true });
  }
});
