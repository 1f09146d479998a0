/** Asks a DEEPaaS server for predictions as fast as it answers, and checks every answer. */
import { readFileSync } from 'node:fs';
import { Pool } from 'undici';

const BOUNDARY = 'jupyterlab-deep-benchmark';
const TOP_K = 5;

/** Multipart bodies, made before the clock runs. */
export function bodiesOf(files) {
  return files.map((file, index) =>
    Buffer.concat([
      Buffer.from(
        `--${BOUNDARY}\r\nContent-Disposition: form-data; name="image"; filename="${index}.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`
      ),
      readFileSync(file),
      Buffer.from(`\r\n--${BOUNDARY}--\r\n`)
    ])
  );
}

const isProbability = value => value >= 0 && value <= 1;

/** @returns the classes of a good answer, best first; throws on any other. */
function checked(status, text) {
  const { status: word, predictions } = JSON.parse(text);
  const rows = predictions?.predictions;
  const isGood =
    status === 200 &&
    word === 'OK' &&
    rows?.length === TOP_K &&
    rows.every(row => isProbability(row.probability));
  if (!isGood) {
    throw new Error(`Unexpected answer ${status}: ${text.slice(0, 300)}`);
  }
  return rows;
}

export class Caller {
  /**
   * @param {string} origin - `http://127.0.0.1:port`
   * @param {string} model - Name in the path.
   * @param {string} [socketPath] - Of a server that listens there.
   */
  constructor(origin, model, socketPath) {
    this._pool = new Pool(origin, {
      connections: 16,
      pipelining: 1,
      ...(socketPath && { connect: { socketPath } })
    });
    this._path = `/v2/models/${model}/predict/?top_k=${TOP_K}`;
  }

  /** Classes of one picture. */
  async predict(body) {
    const reply = await this._pool.request({
      path: this._path,
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': `multipart/form-data; boundary=${BOUNDARY}`
      },
      body
    });
    return checked(reply.statusCode, await reply.body.text());
  }

  /** Requests a second with `callers` at once, over `count` requests. */
  async rate(bodies, callers, count) {
    let next = 0;
    const call = async () => {
      while (next < count) {
        await this.predict(bodies[next++ % bodies.length]);
      }
    };
    const start = performance.now();
    await Promise.all(Array.from({ length: callers }, call));
    return count / ((performance.now() - start) / 1000);
  }

  close() {
    return this._pool.close();
  }
}
