/**
 * Milliseconds that reading a listing takes beyond receiving its bytes, ours and the npm client's, from a server in a thread of its
 * own that has the answer ready: listing.mjs FILE ROUNDS, bundled by ground.mjs. Prints {"ours":[…],"peer":[…]}.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { createClient } from 'webdav';
import { openRemote } from './remote.mjs';

const [file, rounds] = process.argv.slice(2);
const SERVER = `
const { readFileSync } = require('node:fs');
const { parentPort, workerData } = require('node:worker_threads');
const bytes = readFileSync(workerData);
const headers = { 'content-type': 'application/xml; charset=utf-8', 'content-length': bytes.length };
const server = require('node:http').createServer((request, reply) => {
  request.resume();
  reply.writeHead(207, headers).end(bytes);
});
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

const worker = new Worker(SERVER, { eval: true, workerData: file });
const [port] = await once(worker, 'message');
const url = `http://127.0.0.1:${port}`;
const files = `${url}/remote.php/dav/files/ada`;
const cloud = { url, files, user: 'ada', uid: 'ada', appPassword: 'none' };
const remote = openRemote(cloud);
const client = createClient(files, { username: 'ada', password: 'none' });

async function drain() {
  await (await fetch(`${files}/many/`, { method: 'PROPFIND' })).arrayBuffer();
}

async function byOurs() {
  let count = 0;
  for await (const entries of remote.list('many')) {
    count += entries.length;
  }
  return count;
}

const byPeer = async () => (await client.getDirectoryContents('/many')).length;

async function timed(work) {
  globalThis.gc();
  const since = performance.now();
  const count = await work();
  return { ms: performance.now() - since, count };
}

const measured = { ours: [], peer: [] };
// The first two are not counted: the compiler has to come to know them.
for (let round = -2; round < Number(rounds); round++) {
  const floor = await timed(drain);
  const ours = await timed(byOurs);
  const peer = await timed(byPeer);
  if (ours.count !== peer.count) {
    throw new Error(`ours found ${ours.count} entries, the peer ${peer.count}`);
  }
  if (round >= 0) {
    // What is not above the floor cannot be told from it.
    measured.ours.push(Math.max(1, ours.ms - floor.ms));
    measured.peer.push(Math.max(1, peer.ms - floor.ms));
  }
}
console.log(JSON.stringify(measured));
process.exit(0);
