import http from 'node:http';

/** How long a living service may take to answer `GET /`. */
const PROBE_TIMEOUT_MS = 2_000;

/** The status of `GET path` over a unix socket, or undefined when nothing answers. */
export function probeSocket(
  socketPath: string,
  path: string,
  timeoutMs: number
): Promise<number | undefined> {
  return new Promise(resolve => {
    const request = http.get(
      { socketPath, path, timeout: timeoutMs, agent: false },
      response => {
        response.resume();
        resolve(response.statusCode);
      }
    );
    request.on('timeout', () => request.destroy());
    // Whatever the reason, nothing usable answers there: that is the caller's news.
    request.on('error', () => resolve(undefined));
  });
}

/** Whether a service answers on its socket. */
export const answersOn = async (socketPath: string): Promise<boolean> =>
  (await probeSocket(socketPath, '/', PROBE_TIMEOUT_MS)) === 200;
