/**
 * The trivial server of the benchmark: one model of DEEPaaS whose predict counts what it reads and answers nothing else.
 * Prints its port.
 */
import { createServer } from 'node:http';

const MODEL = '/v2/models/trivial';
const ANSWER = Buffer.from('{"status":"OK","predictions":{}}');
const DOCUMENTS = {
  '/v2/models/': {
    models: [{ id: 'trivial', links: [{ rel: 'self', href: MODEL }] }]
  },
  '/swagger.json': {
    swagger: '2.0',
    paths: {
      [`${MODEL}/predict/`]: {
        post: {
          parameters: [
            { in: 'formData', name: 'image', type: 'file', required: true }
          ]
        }
      }
    }
  }
};

/** What arrived, so that both sides can be checked to have sent the same. */
const arrived = { posts: 0, bytes: 0 };

function predict(request, response) {
  request.on('data', piece => (arrived.bytes += piece.length));
  request.on('end', () => {
    arrived.posts += 1;
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': ANSWER.length
    });
    response.end(ANSWER);
  });
}

const server = createServer((request, response) => {
  if (request.method === 'POST') {
    return predict(request, response);
  }
  const document =
    request.url === '/arrived' ? arrived : DOCUMENTS[request.url];
  response.writeHead(document ? 200 : 404, {
    'content-type': 'application/json'
  });
  response.end(JSON.stringify(document ?? null));
});

server.listen(0, '127.0.0.1', () => console.log(server.address().port));
