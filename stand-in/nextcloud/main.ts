/**
 * The stand-in as a process: node stand-in/nextcloud/main.ts --port N --folder DIR [--pace] [--fill N [--fill-bytes N]] [--webroot P].
 * Prints one line of JSON when it listens: url, user, uid, appPassword, folder.
 */
import { parseArgs } from 'node:util';
import { startNextcloud } from './server.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    host: { type: 'string' },
    folder: { type: 'string' },
    pace: { type: 'boolean', default: false },
    'bulk-file-ms': { type: 'string', default: '0' },
    'zip-file-ms': { type: 'string', default: '0' },
    fill: { type: 'string' },
    'fill-bytes': { type: 'string', default: '2000' },
    webroot: { type: 'string' }
  }
});

const cloud = await startNextcloud({
  port: Number(values.port),
  host: values.host,
  folder: values.folder,
  webroot: values.webroot,
  pace: values.pace && {
    bulkFileMs: Number(values['bulk-file-ms']),
    zipFileMs: Number(values['zip-file-ms'])
  },
  fill: values.fill
    ? { count: Number(values.fill), sizeBytes: Number(values['fill-bytes']) }
    : undefined
});
const { loginName, uid, appPassword } = cloud.user;
console.log(
  JSON.stringify({
    url: cloud.url,
    user: loginName,
    uid,
    appPassword,
    folder: cloud.folder
  })
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void cloud.close().then(() => process.exit(0)));
}
