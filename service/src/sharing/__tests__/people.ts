import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import type {
  ModuleDetail,
  PublishRequest,
  Run,
  SharedModule
} from '@jupyterlab-deep/protocol';
import {
  INextcloud,
  startNextcloud
} from '../../../../stand-in/nextcloud/server';
import { ROOT } from '../../__tests__/bundles';
import { IAnswer } from '../../__tests__/client';
import { TestHome, until } from '../../__tests__/home';
import { ServiceHere } from '../../__tests__/serviceHere';

/** A small module that works: a table in, a species out. */
export const PENGUINS = path.join(
  ROOT,
  'jupyterlab_deep/modules/penguin-species'
);

/** Somebody with a service of their own and an account at the stand-in. */
export class Person {
  static async come(
    cloud: INextcloud,
    uid: string,
    env: Record<string, string> = {}
  ): Promise<Person> {
    const person = await Person.withoutAccount(cloud, uid, env);
    const linked = await person.service.post('/storage/accounts', {
      address: `${cloud.url}/remote.php/dav/files/${uid}`,
      user: `${uid}@example.org`,
      password: cloud.users.makePassword(uid),
      allowPrivate: true,
      id: 'cloud'
    });
    expect([linked.status, linked.json.kind]).toEqual([201, 'nextcloud']);
    return person;
  }

  /** Nothing links them with the stand-in. */
  static async withoutAccount(
    cloud: INextcloud,
    uid: string,
    env: Record<string, string> = {}
  ): Promise<Person> {
    const home = new TestHome();
    mkdirSync(home.modules);
    const person = new Person(cloud, uid, home, env);
    await person.open();
    return person;
  }

  private constructor(
    readonly cloud: INextcloud,
    readonly uid: string,
    readonly home: TestHome,
    private readonly _env: Record<string, string>
  ) {}

  service!: ServiceHere;

  async open(): Promise<void> {
    this.service = await ServiceHere.open(this.home, this._env);
  }

  async leave(): Promise<void> {
    await this.service.close();
    this.home.remove();
  }

  /** A folder of this person that holds a module. */
  folder(name: string, from = PENGUINS): string {
    const folder = path.join(this.home.folder, 'work', name);
    cpSync(from, folder, { recursive: true });
    return folder;
  }

  begin(
    folder: string,
    more: Partial<PublishRequest> & Record<string, unknown> = {}
  ): Promise<IAnswer> {
    return this.service.post('/sharing/publications', {
      folder: { from: 'path', path: folder },
      to: { account: 'cloud' },
      with: [{ kind: 'group', with: 'botany' }],
      ...more
    });
  }

  async publish(
    folder: string,
    more: Partial<PublishRequest> & Record<string, unknown> = {}
  ): Promise<Run> {
    const begun = await this.begin(folder, more);
    expect([begun.status, begun.text]).toEqual([202, expect.any(String)]);
    return this.ended(begun.json.id);
  }

  /** A run that has ended, or waits for a person. */
  ended(id: string): Promise<Run> {
    return until(async () => {
      const run: Run = (await this.service.get(`/runs/${id}`)).json;
      return ['queued', 'running'].includes(run.state) ? undefined : run;
    });
  }

  /** Look at the places anew. */
  async look(): Promise<SharedModule[]> {
    await this.service.post('/catalogue/refresh', { source: 'shared' });
    await until(async () => {
      const { sources } = (await this.service.get('/catalogue/sources')).json;
      const source = sources.find(({ id }: { id: string }) => id === 'shared');
      return !source.isRefreshing;
    });
    return (await this.service.get('/sharing/received')).json.modules;
  }

  async fetch(name: string, body: object = {}): Promise<Run> {
    const begun = await this.service.post(
      `/sharing/received/${name}/fetch`,
      body
    );
    expect([begun.status, begun.text]).toEqual([202, expect.any(String)]);
    return this.ended(begun.json.id);
  }

  async detail(id: string): Promise<ModuleDetail> {
    return (await this.service.get(`/catalogue/modules/${id}`)).json;
  }
}

export { INextcloud, startNextcloud };
