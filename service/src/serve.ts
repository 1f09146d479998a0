import { randomBytes } from 'node:crypto';
import { chmod, mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { readSettings } from './admin/config';
import { applyNetwork } from './admin/network';
import { removeDiscovery, shareDiscovery, writeDiscovery } from './discovery';
import { makeLogger, RotatingFile } from './http/log';
import {
  findJupyterFolders,
  findPlaces,
  IPlaces,
  makePrivateFolder,
  storeFolder
} from './places';
import { Service } from './service';
import { OwnProgram } from './lifecycle/ownProgram';
import { removeFile } from './store/atomicFile';
import { openStore } from './store/database';
import { storeFailure } from './store/diskErrors';
import { StoreLock, takeLock } from './store/lock';
import { version } from './version';

/**
 * Be the service of this user and store until it is told to end or nobody needs it.
 * Returns at once when another one on this host already is.
 *
 * @throws DeepError `service-elsewhere`, `store-newer`, `no-space`, `configuration-invalid`, …
 */
export async function serve(): Promise<void> {
  process.umask(0o077);
  const jupyter = findJupyterFolders(process.env);
  const settings = await readSettings(jupyter.config, process.env);
  const folder = storeFolder(jupyter, settings.storeDirectory);
  try {
    await applyNetwork(settings.network, process.env);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const places = await findPlaces(process.env, jupyter, folder);
    const lock = await takeLock(places);
    if (lock instanceof StoreLock) {
      await new RunningService(places, lock).run(settings);
    } else {
      await shareDiscovery(lock.holder, places);
    }
  } catch (error) {
    throw storeFailure(error, folder);
  }
}

class RunningService {
  constructor(
    private readonly _places: IPlaces,
    private readonly _lock: StoreLock
  ) {
    const file = new RotatingFile(path.join(_places.store, 'service.log'));
    this._logger = makeLogger(file);
  }

  async run(settings: Service.IOptions['settings']): Promise<void> {
    const places = this._places;
    this._watchProcess();
    try {
      await makePrivateFolder(places.sockets);
      const opened = await openStore(places.store);
      opened.notes.forEach(note => this._logger.warn(note));
      const token = randomBytes(32).toString('base64url');
      this._service = new Service({
        places,
        settings,
        opened,
        logger: this._logger,
        token,
        program: new OwnProgram(process.argv[1]),
        onEnd: reason => this._end(reason)
      });
      await this._listen(this._service, token);
    } catch (error) {
      this._logger.error({ err: error }, 'the service could not start');
      await this._lock.release();
      throw error;
    }
  }

  private async _listen(service: Service, token: string): Promise<void> {
    const { socket, store, discovery, storeDiscovery } = this._places;
    // The lock is held, so whoever made this socket is gone.
    await removeFile(socket);
    await service.app.listen({ path: socket });
    await chmod(socket, 0o600);
    const own = { ...this._identity, socket, version, store };
    await this._lock.announce({ ...own, discovery: storeDiscovery });
    await writeDiscovery(storeDiscovery, { ...own, token });
    await writeDiscovery(discovery, { ...own, token });
    this._logger.info({ socket, version }, 'the service answers');
  }

  private _watchProcess(): void {
    process.once('SIGTERM', () => this._end('it was told to'));
    process.once('SIGINT', () => this._end('it was told to'));
    // Its starter's terminal may be closed: the service does not belong to it.
    process.on('SIGHUP', () => undefined);
    process.on('uncaughtException', error => {
      this._logger.fatal({ err: error }, 'the service broke');
      process.exit(70);
    });
  }

  private async _end(reason: string): Promise<void> {
    if (this._isEnding) {
      return;
    }
    this._isEnding = true;
    this._logger.info(`the service ends: ${reason}`);
    const { discovery, storeDiscovery, socket } = this._places;
    await removeDiscovery(discovery, this._identity);
    await removeFile(storeDiscovery);
    await this._service?.close();
    await removeFile(socket);
    await this._lock.release();
    this._logger.info('the service has ended');
    process.exit(0);
  }

  private readonly _identity = {
    pid: process.pid,
    host: hostname(),
    startedAt: new Date().toISOString()
  };
  private readonly _logger: ReturnType<typeof makeLogger>;
  private _service?: Service;
  private _isEnding = false;
}
