/** rclone and curl, as they come. */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { at, peersVenv } from '../../scripts/paths.mjs';

const run = promisify(execFile);
const rclone = path.join(peersVenv, 'bin/rclone');
const LIMIT_MS = 300_000;

export function checkPeers() {
  if (!existsSync(rclone)) {
    throw new Error(
      'The peers are not installed: node scripts/setup.mjs --peers'
    );
  }
}

export const rcloneName = () =>
  execFileSync(rclone, ['version'], { encoding: 'utf8' }).split('\n')[0];

export const webdavName = () =>
  `webdav ${JSON.parse(readFileSync(at('node_modules/webdav/package.json'), 'utf8')).version} (npm)`;

export const curlName = () =>
  execFileSync('curl', ['--version'], { encoding: 'utf8' }).split(' (')[0];

async function timed(command, args, env = {}) {
  const since = performance.now();
  await run(command, args, {
    env: { ...process.env, ...env },
    timeout: LIMIT_MS,
    maxBuffer: 1 << 24
  });
  return performance.now() - since;
}

/** Milliseconds of `rclone copy`; `cloud:` is the remote. */
export function copyByRclone(cloud, from, to) {
  const password = execFileSync(rclone, ['obscure', '-'], {
    input: cloud.appPassword,
    encoding: 'utf8'
  });
  return timed(rclone, ['copy', from, to], {
    RCLONE_CONFIG: '/dev/null',
    RCLONE_CONFIG_CLOUD_TYPE: 'webdav',
    RCLONE_CONFIG_CLOUD_VENDOR: 'nextcloud',
    RCLONE_CONFIG_CLOUD_URL: cloud.files,
    RCLONE_CONFIG_CLOUD_USER: cloud.user,
    RCLONE_CONFIG_CLOUD_PASS: password.trim()
  });
}

const plain = ['--silent', '--show-error', '--fail'];
const login = ({ user, appPassword }) => ['--user', `${user}:${appPassword}`];

/** Milliseconds of one PUT. */
export const upByCurl = (cloud, file, name) =>
  timed('curl', [
    ...plain,
    ...login(cloud),
    '--upload-file',
    file,
    `${cloud.files}/${name}`
  ]);

/** Milliseconds of one GET to a file. */
export const downByCurl = (cloud, name, file) =>
  timed('curl', [
    ...plain,
    ...login(cloud),
    '--output',
    file,
    `${cloud.files}/${name}`
  ]);
