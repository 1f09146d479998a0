/** Set-up, then JupyterLab with the catalogue and an example open. Further arguments go to `jupyter lab`. */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { at, venvBin } from './paths.mjs';
import { setup } from './setup.mjs';
import { main, toolEnvironment } from './steps.mjs';

/** Settings of this JupyterLab that differ from the defaults; what a person sets goes before them. */
function writeOverrides() {
  const folder = at('.cache/lab-settings');
  mkdirSync(folder, { recursive: true });
  const overrides = { 'jupyterlab-deep:catalogue': { showAtStart: true } };
  writeFileSync(path.join(folder, 'overrides.json'), JSON.stringify(overrides));
  return folder;
}

main(async () => {
  await setup();
  console.log('\nStarting JupyterLab; end it with Ctrl+C.\n');
  const asRoot = process.getuid?.() === 0 ? ['--allow-root'] : [];
  const lab = spawn(
    `${venvBin}/jupyter`,
    [
      'lab',
      `--ServerApp.root_dir=${at('examples')}`,
      '--LabApp.default_url=/lab/tree/notebooks/first-steps.ipynb',
      `--LabApp.app_settings_dir=${writeOverrides()}`,
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
