/** `npm run bench -- NAME [--json]`: runs bench/NAME/run.mjs on the virtual environment's Node, after the set-up. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { at, root, venvBin } from './paths.mjs';
import { setup } from './setup.mjs';
import { main, SetupError, toolEnvironment } from './steps.mjs';

main(async () => {
  const [name, ...args] = process.argv.slice(2);
  const names = readdirSync(at('bench')).filter(each =>
    existsSync(at('bench', each, 'run.mjs'))
  );
  if (!name || !names.includes(name)) {
    throw new SetupError(
      `usage: npm run bench -- NAME [--json]; NAME is one of: ${names.join(', ')}`
    );
  }
  // Standard output belongs to the figures.
  const log = console.log;
  console.log = console.error;
  await setup({ peers: true, tests: true });
  console.log = log;
  const { status } = spawnSync(
    `${venvBin}/node`,
    [at('bench', name, 'run.mjs'), ...args],
    {
      cwd: root,
      stdio: 'inherit',
      env: toolEnvironment()
    }
  );
  process.exitCode = status ?? 1;
});
