import http from 'node:http';
import { DeepError } from '@jupyterlab-deep/protocol';

const TIMEOUT_MS = 10_000;
/** Only for form's sake: the socket decides who answers. */
const HOST = 'localhost';

/** A written file that waits to go to the cloud, as `vfs/queue` tells it. */
export interface IWaitingWrite {
  id: number;
  /** Below the mounted folder. */
  name: string;
  sizeBytes: number;
  /** How often it was tried in vain. */
  tries: number;
  isUploading: boolean;
}

interface IQueue {
  queue: {
    id: number;
    name: string;
    size: number;
    tries: number;
    uploading: boolean;
  }[];
}

/** rclone's remote control (https://rclone.org/rc/), over a socket in a folder that only its user can enter. */
export class RemoteControl {
  constructor(readonly socket: string) {}

  /** The process that answers. */
  async pid(): Promise<number> {
    return (await this._call<{ pid: number }>('core/pid')).pid;
  }

  /** What was written and is not in the cloud yet. */
  async waiting(): Promise<IWaitingWrite[]> {
    const { queue } = await this._call<IQueue>('vfs/queue');
    return queue.map(({ size, uploading, ...write }) => ({
      id: write.id,
      name: write.name,
      tries: write.tries,
      sizeBytes: size,
      isUploading: uploading
    }));
  }

  /** What lies in the cache. */
  async cached(): Promise<{ files: number; bytes: number }> {
    const { diskCache } = await this._call<{
      diskCache: { files: number; bytesUsed: number };
    }>('vfs/stats');
    return { files: diskCache.files, bytes: diskCache.bytesUsed };
  }

  /** Let a waiting write go now instead of after its delay. */
  async hurry(id: number): Promise<void> {
    try {
      // Seconds from now; far in the past comes first.
      await this._call('vfs/queue-set-expiry', { id, expiry: -1e6 });
    } catch (error) {
      // It went meanwhile, which is what was wanted.
      if (!/not found/i.test((error as DeepError).technical ?? '')) {
        throw error;
      }
    }
  }

  /** Forget what the folders held, so that the next look asks the cloud; all of them without names. */
  async forget(folders: string[] = []): Promise<void> {
    const named = folders.map((folder, index) => [`dir${index || ''}`, folder]);
    await this._call('vfs/forget', Object.fromEntries(named));
  }

  private async _call<T>(command: string, input: object = {}): Promise<T> {
    const { status, text } = await this._post(command, JSON.stringify(input));
    if (status !== 200) {
      throw new DeepError('internal', `rclone refused ${command}.`, {
        technical: text.slice(0, 2000)
      });
    }
    return JSON.parse(text) as T;
  }

  private _post(
    command: string,
    body: string
  ): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const request = http.request(
        {
          socketPath: this.socket,
          host: HOST,
          path: `/${command}`,
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body)
          },
          timeout: TIMEOUT_MS,
          agent: false
        },
        response => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', error => reject(silent(command, error)));
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              text: Buffer.concat(chunks).toString('utf8')
            })
          );
        }
      );
      request.on('timeout', () => request.destroy(new Error('timeout')));
      request.on('error', error => reject(silent(command, error)));
      request.end(body);
    });
  }
}

const silent = (command: string, cause: Error): DeepError =>
  new DeepError(
    'storage-unreachable',
    `The mount's program rclone does not answer to ${command}.`,
    { technical: cause.message, cause }
  );
