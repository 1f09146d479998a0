/**
 * A module that runs elsewhere, such as on a machine with a GPU: it speaks DEEPaaS and answers after a fixed time, so many at
 * once. Usage: node elsewhere.mjs NAME (image|label) WORKERS MS. Prints its port.
 */
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const [name, takes, workers, milliseconds] = process.argv.slice(2);
const MODEL = `/v2/models/${name}`;
const PARAMETER =
  takes === 'image'
    ? { in: 'formData', name: 'image', type: 'file', required: true }
    : { in: 'query', name: 'label', type: 'string', required: true };
const ANSWER = Buffer.from(
  JSON.stringify({
    status: 'OK',
    predictions: { from: name, score: 0.5, boxes: [[0.1, 0.1, 0.9, 0.9]] }
  })
);
const ABOUT = {
  id: name,
  name,
  version: '1',
  links: [{ rel: 'self', href: MODEL }]
};
const DOCUMENTS = {
  '/v2/models/': { models: [ABOUT] },
  [`${MODEL}/`]: ABOUT,
  '/swagger.json': {
    swagger: '2.0',
    paths: { [`${MODEL}/predict/`]: { post: { parameters: [PARAMETER] } } }
  }
};

/** When each worker is free. */
const freeAt = Array.from({ length: Number(workers) }, () => 0);

async function work() {
  const worker = freeAt.indexOf(Math.min(...freeAt));
  const begin = Math.max(performance.now(), freeAt[worker]);
  freeAt[worker] = begin + Number(milliseconds);
  await sleep(freeAt[worker] - performance.now());
}

async function predict(request, response) {
  request.resume();
  await new Promise(resolve => request.on('end', resolve));
  await work();
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': ANSWER.length
  });
  response.end(ANSWER);
}

const server = createServer((request, response) => {
  if (request.method === 'POST') {
    return predict(request, response);
  }
  const document = DOCUMENTS[request.url];
  response.writeHead(document ? 200 : 404, {
    'content-type': 'application/json'
  });
  response.end(JSON.stringify(document ?? null));
});

server.listen(0, '127.0.0.1', () => console.log(server.address().port));
