import { ChildProcess, spawn } from 'node:child_process';
import {
  linkSync,
  mkdtempSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from '../../__tests__/home';
import { Lifecycle } from '../lifecycle';
import { OwnProgram } from '../ownProgram';
import { findByArgument, isAlive, memoryOf, startOf } from '../processes';

jest.setTimeout(20_000);

const children: ChildProcess[] = [];

/** A process that lives until it is killed. */
function someone(): ChildProcess & { pid: number } {
  const child = spawn('sleep', ['60']);
  children.push(child);
  return child as ChildProcess & { pid: number };
}

afterEach(() => children.splice(0).forEach(child => child.kill('SIGKILL')));

describe('a service with clients', () => {
  let lifecycle: Lifecycle | undefined;
  let isBusy = false;
  let isAtWork = false;
  let isReplaced = false;
  let ends = 0;
  let why = '';

  beforeEach(() => {
    isBusy = isAtWork = isReplaced = false;
    ends = 0;
  });
  afterEach(() => lifecycle?.stop());

  function open(idleMs: number): Lifecycle {
    const activity = {
      isBusy: () => isBusy,
      isAtWork: () => isAtWork,
      isReplaced: async () => isReplaced
    };
    lifecycle = new Lifecycle(activity, idleMs, reason => {
      ends += 1;
      why = reason;
    });
    return lifecycle;
  }

  it('ends once when nobody comes', async () => {
    open(200);
    await until(() => ends > 0);
    await new Promise(resolve => setTimeout(resolve, 300));
    expect(ends).toBe(1);
  });

  it('stays while a client lives and ends after its death, however it died', async () => {
    const client = someone();
    const lifecycle = open(200);
    lifecycle.seen(`jupyter:${client.pid}`);
    await new Promise(resolve => setTimeout(resolve, 600));
    expect(ends).toBe(0);
    client.kill('SIGKILL');
    await until(() => ends === 1);
  });

  it('stays while there is work', async () => {
    isBusy = true;
    open(100);
    await new Promise(resolve => setTimeout(resolve, 400));
    expect(ends).toBe(0);
    isBusy = false;
    await until(() => ends === 1);
  });

  it('ends after an update, once nothing is at work, although a client lives and reads', async () => {
    isBusy = isAtWork = isReplaced = true;
    open(200).seen(`jupyter:${someone().pid}`);
    await new Promise(resolve => setTimeout(resolve, 400));
    expect(ends).toBe(0);
    isAtWork = false;
    await until(() => ends === 1);
    expect(why).toContain('updated');
  });

  it.each(['jupyter:999999999', 'kernel:-1', 'kernel:1e3', 'x', undefined])(
    'is not kept by a client called %s',
    async client => {
      open(100).seen(client);
      await until(() => ends === 1);
    }
  );
});

describe('the program of a process', () => {
  const file = path.join(
    mkdtempSync(path.join(tmpdir(), 'dp-')),
    'service.mjs'
  );
  const other = `${file}.new`;
  afterAll(() => rmSync(path.dirname(file), { recursive: true }));

  it('is replaced by another file at its place, not by its absence or a new link to it', async () => {
    writeFileSync(file, 'one');
    // Clocks of files and of programs differ by parts of a millisecond.
    const program = new OwnProgram(file, -1000);
    expect(await program.isReplaced()).toBe(false);
    linkSync(file, `${file}.link`);
    expect(await program.isReplaced()).toBe(false);
    unlinkSync(file);
    expect(await program.isReplaced()).toBe(false);
    writeFileSync(other, 'two');
    renameSync(other, file);
    expect(await program.isReplaced()).toBe(true);
  });

  it('is not taken for replaced while the update may still be at work', async () => {
    writeFileSync(file, 'one');
    const program = new OwnProgram(file);
    expect(await program.isReplaced()).toBe(false);
    writeFileSync(file, 'two and more');
    expect(await program.isReplaced()).toBe(false);
  });
});

describe('a process', () => {
  it('is itself by pid and start, and gone after its end', async () => {
    const child = someone();
    const start = (await startOf(child.pid)) as string;
    expect(await isAlive(child.pid, start)).toBe(true);
    expect(await isAlive(child.pid, 'another start')).toBe(false);
    expect(await memoryOf(child.pid)).toBeGreaterThan(10_000);
    child.kill('SIGKILL');
    await until(async () => !(await isAlive(child.pid, start)));
    expect(await memoryOf(child.pid)).toBeUndefined();
  });

  it('is found by an argument of its command', async () => {
    const child = spawn('sleep', ['59.25']);
    children.push(child);
    await until(() => findByArgument('59.25'));
    expect(await findByArgument('59.25')).toBe(child.pid);
    expect(await findByArgument('no such argument')).toBeUndefined();
  });
});
