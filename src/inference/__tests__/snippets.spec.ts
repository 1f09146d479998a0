import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { ICall, predictUrl, snippet } from '../snippets';

const run = promisify(execFile);

describe('The address of a module’s API', () => {
  it('is below Jupyter’s own, and holds nothing of its query', () => {
    expect(
      predictUrl(
        'https://hub.example/user/ada/?token=secret',
        'd 1',
        '/base/v2/models/tiny'
      )
    ).toBe(
      'https://hub.example/user/ada/deep/modules/d%201/v2/models/tiny/predict/'
    );
  });
});

describe('A snippet', () => {
  let folder: string;
  let server: http.Server;
  let seen: { headers: http.IncomingHttpHeaders; body: string } | null;
  let url: string;

  beforeEach(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'sn-'));
    writeFileSync(path.join(folder, `a 'cat".jpg`), 'the picture');
    seen = null;
    server = http.createServer((request, response) => {
      void request.toArray().then(chunks => {
        seen = {
          headers: request.headers,
          body: Buffer.concat(chunks).toString()
        };
        response.setHeader('content-type', 'application/json');
        response.end('{"ok":1}');
      });
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/it's/`;
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
    rmSync(folder, { recursive: true });
  });

  const withFile = (): ICall => ({
    url,
    arguments: {
      note: `@it's "quoted" $HOME \`x\`\n'''`,
      list: ['a', 'b'],
      flag: true,
      n: 0.5
    },
    files: { image: `a 'cat".jpg` },
    accept: 'application/json'
  });

  async function runs(language: 'curl' | 'typescript', call: ICall) {
    const code = snippet(language, call);
    expect(code).not.toMatch(/token (?!\$)/);
    const env = { PATH: process.env.PATH, JUPYTER_TOKEN: 'from-environment' };
    if (language === 'curl') {
      return run('sh', ['-c', code], { cwd: folder, env });
    }
    const file = path.join(folder, 'program.mts');
    writeFileSync(file, code);
    return run(process.execPath, ['--no-warnings', file], { cwd: folder, env });
  }

  it.each(['curl', 'typescript'] as const)(
    'in %s sends exactly the form, with the token of the environment',
    async language => {
      const { stdout } = await runs(language, withFile());
      expect(stdout.replace(/\s/g, '')).toMatch(/ok"?:1/);
      expect(seen!.headers).toMatchObject({
        authorization: 'token from-environment',
        accept: 'application/json'
      });
      const boundary = /boundary=(.*)$/.exec(
        seen!.headers['content-type']!
      )![1];
      const parts = seen!.body.split(`--${boundary}`).slice(1, -1);
      const values = parts
        .filter(part => !part.includes('filename='))
        .map(part => [
          /name="([^"]*)"/.exec(part)![1],
          part.slice(part.indexOf('\r\n\r\n') + 4, -2).replace(/\r\n/g, '\n')
        ]);
      expect(values).toEqual([
        ['note', withFile().arguments.note],
        ['list', 'a'],
        ['list', 'b'],
        ['flag', 'true'],
        ['n', '0.5'],
        ['accept', 'application/json']
      ]);
      expect(parts.find(part => part.includes('filename='))).toContain(
        'the picture'
      );
    }
  );

  it.each(['curl', 'typescript'] as const)(
    'in %s sends a dictionary as JSON',
    async language => {
      const call = {
        ...withFile(),
        files: {},
        arguments: { options: { "a'": [1, null] } }
      };
      await runs(language, call);
      expect(seen!.headers['content-type']).toBe('application/json');
      expect(JSON.parse(seen!.body)).toEqual({
        options: { "a'": [1, null] },
        accept: 'application/json'
      });
    }
  );

  it('in Python is a program that holds the values as JSON', async () => {
    const code = snippet('python', withFile());
    const program = [
      'import ast, json, sys',
      'tree = ast.parse(sys.stdin.read())',
      'made = next(node for node in tree.body if isinstance(node, ast.Assign) and node.targets[0].id == "values")',
      'print(json.dumps(json.loads(made.value.args[0].value)))'
    ].join('\n');
    const child = run('python3', ['-c', program]);
    child.child.stdin!.end(code);
    expect(JSON.parse((await child).stdout)).toEqual({
      ...withFile().arguments,
      accept: 'application/json'
    });
    expect(code).toContain('JUPYTER_TOKEN');
  });
});
