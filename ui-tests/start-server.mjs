/** JupyterLab for the browser tests with folders of its own, so that a person's service and settings stay untouched. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const home = mkdtempSync(path.join(tmpdir(), 'deep-ui-'));
const root = path.join(home, 'root');
mkdirSync(root);
cpSync(path.join(here, '../examples/photos'), path.join(root, 'photos'), {
  recursive: true
});
// Tests that end processes on purpose find them by the files in this folder.
writeFileSync(path.join(here, '../.cache/ui-tests-home'), home);

const env = {
  ...process.env,
  HOME: home,
  JUPYTER_DATA_DIR: path.join(home, 'data'),
  JUPYTER_RUNTIME_DIR: path.join(home, 'runtime'),
  JUPYTER_CONFIG_DIR: path.join(home, 'config'),
  DEEP_UI_ROOT: root
};
delete env.XDG_RUNTIME_DIR;

const lab = spawn(
  'jupyter',
  ['lab', '--config', path.join(here, 'jupyter_server_test_config.py')],
  { env, stdio: ['ignore', 'inherit', 'inherit'] }
);

function stop() {
  lab.kill('SIGTERM');
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
lab.on('exit', code => {
  spawnSync('jupyter', ['deep', 'reset', '--yes', '--delete'], {
    env,
    timeout: 20_000,
    stdio: 'inherit'
  });
  rmSync(home, { recursive: true, force: true });
  process.exit(code ?? 0);
});
