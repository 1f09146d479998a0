import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { waitFor } from '@testing-library/dom';
import { HEALTH, StandInServer } from '../../__tests__/standInServer';
import { DeepService } from '../connection';
import { VERSION } from '../version';
import { warnOfOtherVersion } from '../versionCheck';

const trans = nullTranslator.load('jupyterlab_deep');

it('the version is that of the package', () => {
  const file = join(__dirname, '../../../package.json');
  expect(VERSION).toBe(JSON.parse(readFileSync(file, 'utf8')).version);
});

it('a service of another version is told of once', async () => {
  const server = new StandInServer({
    'GET health': () => ({ ...HEALTH, version: '9.9.9' })
  });
  const service = new DeepService({
    serverSettings: server.settings,
    trans,
    pausesMs: [5]
  });
  warnOfOtherVersion(service, trans);
  service.open();
  await waitFor(() => expect(Notification.manager.count).toBe(1));
  server.closeStreams();
  await waitFor(() =>
    expect(server.requestsOf('GET', 'events')).toHaveLength(2)
  );
  await waitFor(() => expect(service.connection.state).toBe('online'));
  expect(Notification.manager.count).toBe(1);
  expect(Notification.manager.notifications[0].message).toContain('9.9.9');
  service.dispose();
});
