import { ChildProcess, execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { promisify } from 'node:util';
import {
  drive,
  IKernelHome,
  makeKernelHome,
  missing,
  python
} from './kernelHome';

jest.setTimeout(60_000);

const withJupyter = missing ? describe.skip : describe;
const suffix = missing ? ` (skipped: needs ${missing})` : '';

const HELPERS = '@jupyterlab-deep/kernel-helpers';

withJupyter(`The kernel “TypeScript (DEEP)”${suffix}`, () => {
  let home: IKernelHome;
  let folder: string;

  beforeAll(async () => {
    home = await makeKernelHome();
    folder = path.join(home.folder, 'notes of ü');
    await mkdir(folder);
  });

  afterAll(() => home?.remove());

  it('finds types and modules from any folder, completes, and writes nothing there', async () => {
    const [, imports, completed, typed, next, node, wrong] = await drive(
      home,
      folder,
      [
        { execute: `import { display, modules } from '${HELPERS}';` },
        { complete: 'display.' },
        { execute: "const line = display.progress('x');" },
        // The type that one cell infers is known to the next.
        { execute: "line.end('y'); console.log(typeof modules.open)" },
        {
          execute:
            "import * as fs from 'node:fs'; setTimeout(() => 1, 1); console.log(fs.existsSync('.'), typeof fetch)"
        },
        { execute: 'const name: number = (await modules.open).name;' }
      ]
    );
    expect(imports.reply.status).toBe('ok');
    expect(completed.matches).toEqual(
      expect.arrayContaining(['bars', 'html', 'picture', 'progress', 'table'])
    );
    expect(typed.reply).toMatchObject({ status: 'ok' });
    expect(next.outputs).toMatchObject([{ text: 'function\n' }]);
    expect(node.outputs).toMatchObject([{ text: 'true function\n' }]);
    expect(wrong.reply).toMatchObject({
      status: 'error',
      evalue: expect.stringContaining("'string' is not assignable")
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('prefers what lies nearer to the notebook', async () => {
    const own = path.join(home.folder, 'own');
    const axios = path.join(own, 'node_modules', 'axios');
    await mkdir(axios, { recursive: true });
    await writeFile(
      path.join(axios, 'package.json'),
      '{"name":"axios","main":"i.js","types":"i.d.ts"}'
    );
    await writeFile(path.join(axios, 'i.js'), 'exports.mine = 1;');
    await writeFile(path.join(axios, 'i.d.ts'), 'export const mine: number;');
    const notebooks = path.join(own, 'notebooks');
    await mkdir(notebooks);
    const [, cell] = await drive(home, notebooks, [
      { execute: "import { mine } from 'axios'; console.log(mine)" }
    ]);
    expect(cell.outputs).toMatchObject([{ text: '1\n' }]);
  });

  it('does not run another tslab that lies above the notebook', async () => {
    const trap = path.join(home.folder, 'trap');
    const tslab = path.join(trap, 'node_modules', 'tslab', 'dist');
    await mkdir(tslab, { recursive: true });
    await writeFile(
      path.join(tslab, 'main.js'),
      "exports.startKernel = () => { throw new Error('trapped') };"
    );
    const [, cell] = await drive(home, trap, [{ execute: 'console.log(7)' }]);
    expect(cell.outputs).toMatchObject([{ text: '7\n' }]);
  });

  it('stops a busy loop and a waiting cell, and keeps what was there', async () => {
    const [, , loop, waiting, kept] = await drive(home, folder, [
      { execute: 'let count = 41;' },
      { execute: 'while (true) { count = 42; }', interruptAfterS: 1 },
      { execute: 'await new Promise(() => undefined);', interruptAfterS: 1 },
      { execute: 'console.log(count)' }
    ]);
    expect(loop.reply.status).toBe('error');
    expect(loop.outputs).toMatchObject([{ text: 'Interrupted.\n' }]);
    expect(waiting.outputs).toMatchObject([{ text: 'Interrupted.\n' }]);
    expect(kept.outputs).toMatchObject([{ text: '42\n' }]);
  });

  it('shows bundles with all their types and replaces progress in place', async () => {
    const [, , shown, last, progress] = await drive(home, folder, [
      { execute: `import { display } from '${HELPERS}';` },
      { execute: "display.table([{ name: '<b>x</b>' }])" },
      {
        execute:
          "const thing = { [Symbol.for('Jupyter.display')]: () => ({ 'text/plain': 't', 'application/json': { a: 1 } }) };\nthing"
      },
      {
        execute:
          "const p = display.progress('Counting'); await new Promise(resolve => setTimeout(resolve, 1300)); p.end('Counted');"
      }
    ]);
    expect(shown.outputs[0]).toMatchObject({
      type: 'display_data',
      data: {
        'text/plain': 'name\n<b>x</b>',
        'text/html': expect.stringContaining('&lt;b&gt;x&lt;/b&gt;')
      }
    });
    expect(last.outputs[0].data).toEqual({
      'text/plain': 't',
      'application/json': { a: 1 }
    });
    const [first, ...updates] = progress.outputs;
    expect(first.type).toBe('display_data');
    expect(updates.length).toBeGreaterThan(0);
    for (const update of updates) {
      expect(update.type).toBe('update_display_data');
      expect(update.transient).toEqual(first.transient);
    }
    expect(updates.at(-1)?.data?.['text/plain']).toMatch(
      /^Counted \(1\.\d s\)$/
    );
  });

  it('ends when Jupyter is killed', async () => {
    const { jupyter, kernelPid } = await startJupyter(home, folder);
    jupyter.kill('SIGKILL');
    await until(() => !lives(kernelPid));
  });

  it('has one implementation for import and require', async () => {
    const script = [
      "import { createRequire } from 'node:module';",
      `import { DeepError } from '${HELPERS}';`,
      `const required = createRequire(import.meta.url)('${HELPERS}');`,
      'console.log(DeepError === required.DeepError);'
    ].join('\n');
    const file = path.join(home.node, 'both.mjs');
    await writeFile(file, script);
    const { stdout } = await promisify(execFile)(process.execPath, [file]);
    expect(stdout).toBe('true\n');
  });

  it('says in words why there is no service, without a stack', async () => {
    const [, , failed] = await drive(home, folder, [
      { execute: `import { catalogue } from '${HELPERS}';` },
      { execute: "await catalogue.search('cat')" }
    ]);
    expect(failed.reply).toMatchObject({
      status: 'error',
      ename: 'DeepError',
      evalue: expect.stringContaining('service.mjs is missing')
    });
    expect(failed.outputs[0].text).not.toContain('    at ');
  });
});

/** A Jupyter in which one kernel runs. */
async function startJupyter(
  home: IKernelHome,
  folder: string
): Promise<{ jupyter: ChildProcess; kernelPid: number }> {
  const script = [
    'import sys, time',
    'from jupyter_client.manager import start_new_kernel',
    "manager, client = start_new_kernel(kernel_name='deep-typescript', cwd=sys.argv[1], startup_timeout=50)",
    'print(manager.provisioner.process.pid, flush=True)',
    'time.sleep(60)'
  ].join('\n');
  const jupyter = spawn(python, ['-c', script, folder], {
    env: home.env,
    stdio: ['ignore', 'pipe', 'inherit']
  });
  const said = await new Promise<string>((resolve, reject) => {
    jupyter.stdout!.once('data', chunk => resolve(String(chunk)));
    jupyter.once('exit', () => reject(new Error('Jupyter ended')));
  });
  return { jupyter, kernelPid: Number(said) };
}

/** Where nobody reaps orphans they stay as zombies. */
function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) {
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}
