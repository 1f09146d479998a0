/** Set-up, then JupyterLab with the examples open. Further arguments go to `jupyter lab`. */
import { spawn } from 'node:child_process';
import { at, venvBin } from './paths.mjs';
import { setup } from './setup.mjs';
import { main, toolEnvironment } from './steps.mjs';

main(async () => {
  await setup();
  console.log('\nStarting JupyterLab; end it with Ctrl+C.\n');
  const asRoot = process.getuid?.() === 0 ? ['--allow-root'] : [];
  const lab = spawn(
    `${venvBin}/jupyter`,
    [
      'lab',
      `--ServerApp.root_dir=${at('examples')}`,
      '--LabApp.default_url=/lab/tree/notebooks/first-steps.ipynb?deep-panel=catalogue',
      ...asRoot,
      ...process.argv.slice(2)
    ],
    { stdio: 'inherit', env: toolEnvironment() }
  );
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => lab.kill(signal));
  }
  lab.on('exit', (code, signal) => process.exit(signal ? 0 : (code ?? 1)));
});
