import { bodiesOf, Caller } from './load.mjs';
import fs from 'node:fs';
import { execSync } from 'node:child_process';
const [origin, pid, ...cs] = process.argv.slice(2);
const dir = '/work/main/.cache/bench-pictures/';
const bodies = bodiesOf(
  fs
    .readdirSync(dir)
    .sort()
    .map(f => dir + f)
);
const pids = () =>
  execSync(
    `ps -eo pid,pgid,ppid | awk -v p=${pid} '$1==p||$2==p||$3==p{print $1}'`
  )
    .toString()
    .trim()
    .split('\n');
const all = () => {
  const seen = new Set([pid]);
  let grew = true;
  const rows = execSync('ps -eo pid,ppid')
    .toString()
    .trim()
    .split('\n')
    .slice(1)
    .map(l => l.trim().split(/\s+/));
  while (grew) {
    grew = false;
    for (const [a, b] of rows)
      if (seen.has(b) && !seen.has(a)) {
        seen.add(a);
        grew = true;
      }
  }
  return [...seen];
};
const cpu = () =>
  all().reduce((s, p) => {
    try {
      const f = fs
        .readFileSync(`/proc/${p}/stat`, 'utf8')
        .split(') ')[1]
        .split(' ');
      return s + +f[11] + +f[12];
    } catch {
      return s;
    }
  }, 0) * 10;
const c = new Caller(origin, 'image-classifier');
await c.rate(bodies, 8, 32);
for (const n of cs) {
  const N = n == 1 ? 96 : 192;
  const a = cpu();
  const own = process.cpuUsage();
  const rps = [];
  for (let i = 0; i < 2; i++) rps.push(await c.rate(bodies, +n, N));
  const d = process.cpuUsage(own);
  console.log(
    'callers',
    n,
    'server cpu/request',
    ((cpu() - a) / N / 2).toFixed(2),
    'ms; client',
    ((d.user + d.system) / 1000 / N / 2).toFixed(2),
    'rps',
    rps.map(v => v.toFixed(0)).join(' ')
  );
}
await c.close();
