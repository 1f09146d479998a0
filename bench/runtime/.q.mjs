import { bodiesOf, Caller } from '/work/main/bench/runtime/load.mjs';
import fs from 'node:fs';
const [origin, ...cs] = process.argv.slice(2);
const dir = '/work/main/.cache/bench-pictures/';
const bodies = bodiesOf(
  fs
    .readdirSync(dir)
    .sort()
    .map(f => dir + f)
);
const c = new Caller(origin, 'image-classifier');
await c.rate(bodies, 8, 64);
for (const n of cs) {
  const r = [];
  for (let i = 0; i < 5; i++)
    r.push(await c.rate(bodies, +n, n == 1 ? 64 : 192));
  console.log(origin, 'callers', n, r.map(v => v.toFixed(1)).join(' '));
}
await c.close();
