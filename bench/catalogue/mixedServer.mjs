/** The platform's API with many mixed modules: mixedServer.mjs DATA COUNT; prints {"port"}. */
import { createServer } from 'node:http';
import { createHash } from 'node:crypto';
import { mixedMetadata } from './mixed.mjs';

const [data, count] = process.argv.slice(2);
const modules = new Map(
  mixedMetadata(data, Number(count)).map(each => [each.name, each])
);

function answerTo(route) {
  const [, kind, name] =
    /^\/v1\/catalog\/(modules|tools)(?:\/(.+))?$/.exec(route) ?? [];
  const all = kind === 'modules' ? [...modules.values()] : [];
  if (kind && !name) {
    return all.map(each => each.name);
  }
  if (name === 'detail') {
    return all.map(({ description, links, ...rest }) => rest);
  }
  return kind === 'modules'
    ? modules.get(name?.replace(/\/metadata$/, ''))
    : undefined;
}

const server = createServer((request, reply) => {
  const found = answerTo(request.url.split('?')[0]);
  const text = JSON.stringify(found ?? { detail: 'Not found' });
  const etag = `"${createHash('sha1').update(text).digest('hex')}"`;
  if (found && request.headers['if-none-match'] === etag) {
    reply.writeHead(304, { etag }).end();
    return;
  }
  reply
    .writeHead(found ? 200 : 404, { 'content-type': 'application/json', etag })
    .end(text);
});
server.listen(0, '127.0.0.1', () =>
  console.log(JSON.stringify({ port: server.address().port }))
);
