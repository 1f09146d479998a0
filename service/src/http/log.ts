import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
import { pino, Logger } from 'pino';

const MAX_LOG_BYTES = 5 * 1024 * 1024;
const OLD_LOGS = 3;

/** A log file that is put aside when it has grown: `service.log.1` is the newest of the old ones. */
export class RotatingFile {
  constructor(
    private readonly _path: string,
    private readonly _maxBytes = MAX_LOG_BYTES
  ) {
    this._open();
  }

  write(line: string): void {
    try {
      if (this._fd < 0) {
        this._open();
      }
      if (this._sizeBytes + line.length > this._maxBytes) {
        this._rotate();
      }
      this._sizeBytes += writeSync(this._fd, line);
    } catch {
      // A disk that is full must not end the service: lines are lost, the work goes on.
    }
  }

  private _open(): void {
    this._fd = openSync(this._path, 'a', 0o600);
    this._sizeBytes = fstatSync(this._fd).size;
  }

  private _rotate(): void {
    closeSync(this._fd);
    // The number may be another file's before a new log can be opened.
    this._fd = -1;
    for (let age = OLD_LOGS - 1; age >= 0; age--) {
      const from = age === 0 ? this._path : `${this._path}.${age}`;
      renameIfThere(from, `${this._path}.${age + 1}`);
    }
    this._open();
  }

  private _fd = -1;
  private _sizeBytes = 0;
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw error;
    }
  }
}

const SECRETS = ['token', 'authorization', 'cookie', 'password', 'secret'];
const PLACES = SECRETS.flatMap(name => [name, `*.${name}`, `*.*.${name}`]);
const SECRET_QUERY =
  /([?&][^=&]*(?:token|key|secret|password|code|signature)[^=&]*=)[^&#]*/gi;

/** An address without what may be secret in its query. */
export const redactUrl = (url: string): string =>
  url.replace(SECRET_QUERY, '$1[redacted]');

/** The service's log: JSON lines without tokens, credentials, cookies or secret queries. */
export function makeLogger(destination: { write(line: string): void }): Logger {
  return pino(
    {
      level: 'info',
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: [...PLACES, '*["x-deep-token"]', '*.headers["x-deep-token"]'],
        censor: '[redacted]'
      },
      serializers: {
        url: redactUrl,
        req: nameRequest,
        err: pino.stdSerializers.err
      }
    },
    destination
  );
}

/** Never headers: they carry the token. */
const nameRequest = ({ method, url }: { method: string; url: string }) => ({
  method,
  url: redactUrl(url)
});
