import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { TestHome } from '../../__tests__/home';
import { readLog, tailOfLog } from '../logFile';

describe("a module's log", () => {
  let home: TestHome;
  let file: string;
  beforeEach(() => {
    home = new TestHome();
    file = path.join(home.folder, 'log.txt');
  });
  afterEach(() => home.remove());

  it('is empty before there is one', async () => {
    expect(await readLog(file, 0)).toEqual({ text: '', next: 0 });
    expect(await tailOfLog(file)).toEqual(['']);
  });

  it('is read on from an offset', async () => {
    writeFileSync(file, 'one\ntwo\n');
    const first = await readLog(file, 0);
    writeFileSync(file, 'one\ntwo\nthree\n');
    expect(await readLog(file, first.next)).toEqual({
      text: 'three\n',
      next: 14
    });
  });

  it('is never cut inside of a character', async () => {
    const bytes = Buffer.from('aé€😀');
    let text = '';
    let next = 0;
    for (let length = 1; length <= bytes.length; length++) {
      writeFileSync(file, bytes.subarray(0, length));
      const piece = await readLog(file, next);
      text += piece.text;
      next = piece.next;
    }
    expect(text).toBe('aé€😀');
  });

  it('ends with its last lines', async () => {
    const lines = Array.from({ length: 50 }, (_, index) => `line ${index}`);
    writeFileSync(file, `${lines.join('\n')}\n`);
    const tail = await tailOfLog(file);
    expect(tail).toHaveLength(20);
    expect(tail.at(-1)).toBe('line 49');
  });
});
