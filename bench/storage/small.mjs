/** A thousand files of 20 kB, down and up. */
import { randomFillSync } from 'node:crypto';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startCloud } from './cloud.mjs';
import { against, fresh, inProcess, listMany, lower } from './ground.mjs';
import { copyByRclone, rcloneName } from './peers.mjs';

const FILES = 1000;
const FILE_BYTES = 20_000;
/** Not five: the peer needs half a minute to push a thousand files. */
const ROUNDS = 3;

function needFiles(where, count) {
  const names = readdirSync(where);
  const wrong = names.find(
    name => statSync(path.join(where, name)).size !== FILE_BYTES
  );
  if (names.length !== count || wrong) {
    throw new Error(`${where} has ${names.length} files; wrong: ${wrong}`);
  }
}

/** No two are alike, as pictures are. */
function writePictures(where, round) {
  mkdirSync(where, { recursive: true });
  const bytes = Buffer.alloc(FILE_BYTES);
  for (let index = 0; index < FILES; index++) {
    randomFillSync(bytes);
    writeFileSync(path.join(where, `new-${round}-${index}.jpg`), bytes);
  }
}

const rate = ms => FILES / (ms / 1000);

const PACED = [
  '--pace',
  '--fill',
  String(FILES),
  '--fill-bytes',
  String(FILE_BYTES)
];
/** What a real server needed beside for each file of a bulk upload and of a ZIP; single requests cost the same. */
const FILE_COSTS = ['--bulk-file-ms', '11', '--zip-file-ms', '3'];

/** One round of a thousand small files down and up, ours and the peer's, on a server of its own. */
async function smallRound(round, values) {
  const cloud = await startCloud(fresh('cloud'), PACED);
  try {
    const theirs = fresh('theirs');
    values.peerPull.push(rate(await copyByRclone(cloud, 'cloud:many', theirs)));
    needFiles(theirs, FILES);
    const pictures = fresh('pictures');
    writePictures(pictures, round);
    values.peerPush.push(
      rate(await copyByRclone(cloud, pictures, 'cloud:theirs'))
    );
    // Ours last: it adds to the folder that both read.
    await ourSmallRound(cloud, round, values);
  } finally {
    await cloud.stop();
  }
}

/** Once more where the server also needs time for each file in a stream of many. */
async function costlyRound() {
  const cloud = await startCloud(fresh('cloud'), [...PACED, ...FILE_COSTS]);
  const values = noValues();
  try {
    await ourSmallRound(cloud, 'costly', values);
    return values;
  } finally {
    await cloud.stop();
  }
}

async function ourSmallRound(cloud, round, values) {
  const own = fresh('ours');
  const given = JSON.stringify({ cloud, folder: own, count: FILES });
  const work = async name => {
    await cloud.takeRequests();
    const { ms, blockMs } = await inProcess('ours', [name, given]);
    const { length } = await cloud.takeRequests();
    return { ms, blockMs, requests: length };
  };
  const pull = await work('pull');
  const refresh = await work('refresh');
  writePictures(path.join(own, 'files'), round);
  const push = await work('push');
  await needRemote(cloud, 2 * FILES);
  values.pull.push(rate(pull.ms));
  values.push.push(rate(push.ms));
  values.pullRequests.push(pull.requests);
  values.refreshRequests.push(refresh.requests);
  values.pushRequests.push(push.requests);
  values.block.push(Math.max(pull.blockMs, push.blockMs));
  console.error(
    `round ${round}: pull ${rate(pull.ms).toFixed(0)}/s, push ${rate(push.ms).toFixed(0)}/s`
  );
}

/** As many files of the right size as were sent are there. */
async function needRemote(cloud, count) {
  const length = `<d:getcontentlength>${FILE_BYTES}<`;
  const found = (await listMany(cloud)).toString().split(length).length - 1;
  if (found !== count) {
    throw new Error(`The cloud has ${found} files instead of ${count}`);
  }
}

const noValues = () => ({
  pull: [],
  push: [],
  pullRequests: [],
  pushRequests: [],
  refreshRequests: [],
  block: [],
  peerPull: [],
  peerPush: []
});

export async function small() {
  const values = noValues();
  for (let round = 1; round <= ROUNDS; round++) {
    await smallRound(round, values);
  }
  const costly = await costlyRound();
  const faster = (title, ours, peer) =>
    against(title, ours, 'files/s', `${rcloneName()}, paced`, peer);
  const { peerPull, peerPush } = values;
  return [
    faster('pull_files_per_second', values.pull, peerPull),
    faster('pull_files_per_second_file_costs', costly.pull, peerPull),
    faster('push_files_per_second', values.push, peerPush),
    faster('push_files_per_second_file_costs', costly.push, peerPush),
    lower('requests_pull', values.pullRequests, 'requests', 5),
    lower('requests_push', values.pushRequests, 'requests', 30),
    lower('requests_refresh', values.refreshRequests, 'requests', 1),
    lower('loop_block_ms', values.block, 'ms', 20)
  ];
}
