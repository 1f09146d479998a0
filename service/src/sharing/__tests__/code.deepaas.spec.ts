import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Deployment } from '@jupyterlab-deep/protocol';
import { Bundles } from '../../__tests__/bundles';
import { until } from '../../__tests__/home';
import {
  copyProject,
  lendPeers,
  missing,
  missingPeers,
  PEERS,
  TOOLS
} from '../../pythonModules/__tests__/samples';
import { INextcloud, Person, startNextcloud } from './people';

jest.setTimeout(120_000);

const lacking = [missing, missingPeers].filter(Boolean).join(' and ');
const suite = lacking ? describe.skip : describe;

suite(
  lacking
    ? `Code that is shared (skipped: there is no ${lacking})`
    : 'Code that is shared',
  () => {
    let bundles: Bundles;
    let cloud: INextcloud;
    let ada: Person;
    let grace: Person;

    beforeAll(async () => {
      bundles = new Bundles();
      cloud = await startNextcloud({});
      ada = await Person.come(cloud, 'ada');
      grace = await Person.come(cloud, 'grace', TOOLS);
    });
    afterAll(async () => {
      await ada?.leave();
      await grace?.leave();
      await cloud?.close();
      bundles?.remove();
    });

    it('runs at a colleague’s on real DEEPaaS after consent to exactly what was signed, and never before', async () => {
      const project = path.join(ada.home.folder, 'work/leaves');
      copyProject(project);
      await ada.publish(project, { version: '1.0.0' });
      const [shared] = await grace.look();
      const start = (consent?: object) =>
        grace.service.post('/deployments', { module: shared.id, consent });
      expect((await start()).json.type).toBe(
        'urn:jupyterlab-deep:consent-needed'
      );
      expect((await start({ commit: 'another' })).status).toBe(403);
      expect(existsSync(path.join(grace.home.store, 'python/code'))).toBe(
        false
      );
      const { json: question } = await grace.service.get(
        `/python/question?module=${shared.id}`
      );
      expect(question).toMatchObject({
        kind: 'shared',
        origin: expect.stringContaining('Ada on'),
        commit: shared.digest
      });
      lendPeers(grace.home, question.lock);
      const { commit, lock } = question;
      const begun = await start({ commit, lock, folders: [PEERS] });
      expect(begun.status).toBe(202);
      const ready: Deployment = await until(async () => {
        const now = await grace.service.get(`/deployments/${begun.json.id}`);
        expect(now.json.error).toBeUndefined();
        return now.json.state === 'ready' ? now.json : undefined;
      });
      expect(ready.runtime).toBe('python');
      await ada.publish(project, { version: '1.1.0' });
      await grace.look();
      await grace.service.ask({
        method: 'DELETE',
        path: `/deployments/${ready.id}`
      });
      await until(async () => {
        const now = await grace.service.get(`/deployments/${ready.id}`);
        return now.json.state === 'stopped';
      });
      const again = await start();
      expect([again.status, again.json.detail]).toEqual([
        403,
        expect.stringContaining(`agreed to before was ${commit.slice(0, 12)}`)
      ]);
    });
  }
);
