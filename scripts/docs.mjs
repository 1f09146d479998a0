/** `npm run docs`: the documentation as a site in .cache/site; any warning is an error. */
import { setup } from './setup.mjs';
import { main, run, step } from './steps.mjs';

main(async () => {
  await setup();
  await step('Documentation as a site (.cache/site)', () =>
    run('python', ['-m', 'mkdocs', 'build', '--strict', '--quiet'], {
      show: true
    })
  );
});
