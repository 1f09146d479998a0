import { mkdirSync } from 'node:fs';
import { readSettings } from '../admin/config';
import { makeLogger } from '../http/log';
import { findJupyterFolders, findPlaces, makePrivateFolder } from '../places';
import { Service } from '../service';
import type { IRemotes } from '../storage/remoteFiles';
import { openStore } from '../store/database';
import { ask, IAnswer, IAsk } from './client';
import { TestHome } from './home';

export const TOKEN = 'a-token-of-this-test';

/** The service inside of the test's own process, asked over its socket. */
export class ServiceHere {
  static async open(
    home: TestHome,
    env: Record<string, string> = {},
    remotes?: IRemotes
  ): Promise<ServiceHere> {
    const all = { ...home.env, ...env };
    mkdirSync(home.store, { recursive: true });
    mkdirSync(home.sockets, { recursive: true });
    const jupyter = findJupyterFolders(all);
    const places = await findPlaces(all, jupyter, home.store);
    await makePrivateFolder(places.sockets);
    const lines: string[] = [];
    const service = new Service({
      places,
      settings: await readSettings(jupyter.config, all),
      opened: await openStore(home.store),
      logger: makeLogger({ write: line => lines.push(line) }),
      token: TOKEN,
      remotes,
      onEnd: () => undefined
    });
    await service.app.listen({ path: places.socket });
    return new ServiceHere(service, lines, places.socket);
  }

  private constructor(
    readonly service: Service,
    /** Lines of its log. */
    readonly lines: string[],
    readonly socket: string
  ) {}

  /** Ask with the token. */
  ask(question: IAsk): Promise<IAnswer> {
    return ask(this.socket, TOKEN, question);
  }

  get(path: string, headers = {}): Promise<IAnswer> {
    return this.ask({ path, headers });
  }

  post(path: string, body: object = {}, headers = {}): Promise<IAnswer> {
    return this.ask({ method: 'POST', path, body, headers });
  }

  close(): Promise<void> {
    return this.service.close();
  }
}
