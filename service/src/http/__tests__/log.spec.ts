import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync
} from 'node:fs';
import path from 'node:path';
import { TestHome } from '../../__tests__/home';
import { makeLogger, redactUrl, RotatingFile } from '../log';

describe('the log', () => {
  let home: TestHome;
  beforeEach(() => (home = new TestHome()));
  afterEach(() => home.remove());

  it('hides secrets wherever they stand in what is logged', () => {
    let text = '';
    const logger = makeLogger({ write: line => (text += line) });
    logger.info({ token: 'one', headers: { authorization: 'two' } }, 'hello');
    logger.info({ headers: { cookie: 'three', 'x-deep-token': 'four' } });
    logger.info({ url: '/a?access_token=five&q=six' });
    expect(text).toContain('hello');
    expect(text).toContain('six');
    expect(text).not.toMatch(/one|two|three|four|five/);
  });

  it.each([
    ['/a?token=x', '/a?token=[redacted]'],
    ['/a?q=1&client_secret=x&p=2', '/a?q=1&client_secret=[redacted]&p=2'],
    ['/a?offset=3', '/a?offset=3']
  ])('writes %s as %s', (url, written) => {
    expect(redactUrl(url)).toBe(written);
  });

  it('writes into no other file when a new one cannot be opened, and goes on later', () => {
    const folder = path.join(home.folder, 'logs');
    mkdirSync(folder);
    const file = path.join(folder, 'service.log');
    const log = new RotatingFile(file, 20);
    log.write('the first line\n');
    rmSync(folder, { recursive: true });
    log.write('the second line\n');
    const other = path.join(home.folder, 'other');
    const fd = openSync(other, 'w');
    log.write('the third line\n');
    closeSync(fd);
    expect(readFileSync(other, 'utf8')).toBe('');
    mkdirSync(folder);
    log.write('the last line\n');
    expect(readFileSync(file, 'utf8')).toBe('the last line\n');
  });

  it('is put aside when it has grown, and old ones go', () => {
    const folder = path.join(home.folder, 'logs');
    mkdirSync(folder);
    const file = path.join(folder, 'service.log');
    const log = new RotatingFile(file, 100);
    for (let i = 0; i < 40; i++) {
      log.write(`${String(i).padStart(29, '.')}\n`);
    }
    expect(readdirSync(folder).sort()).toEqual([
      'service.log',
      'service.log.1',
      'service.log.2',
      'service.log.3'
    ]);
    const newest = readFileSync(file, 'utf8') + readFileSync(`${file}.1`);
    expect(newest).toContain('39\n');
    expect(newest.length).toBeLessThanOrEqual(200);
  });
});
