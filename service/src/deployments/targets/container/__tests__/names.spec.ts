import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createWriteStream } from 'node:fs';
import { parseEngineAddress, usualEngines } from '../engineAddress';
import { endReason } from '../containerEnd';
import { imageText, mirrored, parseImageName } from '../imageNames';
import { entriesOf, packTar } from '../tar';

describe('names of images', () => {
  it.each([
    ['debian', 'docker.io/library/debian:latest'],
    ['ai4oshub/plants', 'docker.io/ai4oshub/plants:latest'],
    ['ai4oshub/plants:gpu', 'docker.io/ai4oshub/plants:gpu'],
    ['localhost:5000/a/b', 'localhost:5000/a/b:latest'],
    ['registry.example.org/a:1', 'registry.example.org/a:1']
  ])('%s is %s in full', (short, full) =>
    expect(imageText(parseImageName(short))).toBe(full)
  );

  it.each(['', 'A/B', 'a b', 'a;rm -rf', '../a', 'a:$(id)', 'a@sha256:1'])(
    'refuses “%s”',
    text =>
      expect(() => parseImageName(text)).toThrow('not the name of an image')
  );

  it('are asked for at the mirror of their longest beginning, at a boundary', () => {
    const mirrors = {
      'docker.io': 'mirror.example.org',
      'docker.io/deephdc/': 'localhost:5000/deephdc'
    };
    const at = (text: string): string =>
      imageText(mirrored(parseImageName(text), mirrors));
    expect(at('deephdc/plants')).toBe('localhost:5000/deephdc/plants:latest');
    expect(at('deephdcx/plants')).toBe(
      'mirror.example.org/deephdcx/plants:latest'
    );
    expect(at('ghcr.io/a/b')).toBe('ghcr.io/a/b:latest');
  });
});

describe('addresses of engines', () => {
  it('are sockets, hosts by SSH, hosts by TCP', () => {
    expect(parseEngineAddress('unix:///run/a b.sock')).toMatchObject({
      kind: 'unix',
      socket: '/run/a b.sock'
    });
    expect(parseEngineAddress('ssh://me@gpu:2222/run/p.sock')).toMatchObject({
      kind: 'ssh',
      user: 'me',
      host: 'gpu',
      port: 2222,
      socket: '/run/p.sock'
    });
    expect(
      parseEngineAddress('tcp://[::1]', { caFile: '/ca.pem' })
    ).toMatchObject({ kind: 'tcp', host: '::1', port: 2376 });
  });

  it.each(['', 'engine', 'http://engine', 'ssh://me:secret@gpu', 'unix://'])(
    'refuses “%s”, and shows no password',
    text => {
      expect(() => parseEngineAddress(text)).toThrow('is not the address');
      expect(() => parseEngineAddress(text)).not.toThrow('secret');
    }
  );

  it('are tried by the words of the environment first, then at the usual places', () => {
    const env = { DOCKER_HOST: 'nonsense', XDG_RUNTIME_DIR: '/run/me' };
    const [named, ...usual] = usualEngines(env, '/home/me', 7);
    expect(named).toEqual({ by: '$DOCKER_HOST' });
    expect(usual.map(({ address }) => address?.text)).toEqual([
      'unix:///var/run/docker.sock',
      'unix:///home/me/.docker/run/docker.sock',
      'unix:///run/me/docker.sock',
      'unix:///run/me/podman/podman.sock',
      'unix:///run/user/7/podman/podman.sock',
      'unix:///run/podman/podman.sock'
    ]);
  });
});

describe('archives', () => {
  it('hold every kind of name and keep out what lies elsewhere', async () => {
    const folder = mkdtempSync('/tmp/da-');
    try {
      const model = path.join(folder, 'model');
      const odd = `ü "q" 'a' $(id)\n${'n'.repeat(200)}`;
      mkdirSync(path.join(model, 'sub'), { recursive: true });
      writeFileSync(path.join(model, 'sub', odd), 'x'.repeat(1000));
      writeFileSync(path.join(model, 'empty'), '');
      symlinkSync('empty', path.join(model, 'inside'));
      symlinkSync('/etc/passwd', path.join(model, 'outside'));
      const archive = path.join(folder, 'a.tar');
      const entries = await entriesOf(model, 'm');
      await pipeline(packTar(entries), createWriteStream(archive));
      const out = path.join(folder, 'out');
      mkdirSync(out);
      execFileSync('tar', ['-xf', archive, '-C', out]);
      const read = (...names: string[]): string =>
        readFileSync(path.join(out, 'm', ...names), 'utf8');
      expect(read('sub', odd)).toHaveLength(1000);
      expect([read('empty'), read('inside')]).toEqual(['', '']);
      expect(() => read('outside')).toThrow('ENOENT');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the end of a container', () => {
  const state = { isOutOfMemory: false, error: '', limitBytes: 2 * 1024 ** 3 };

  it('has no reason when it was as it should be', () =>
    expect(endReason({ ...state, exitCode: 0 }, 'bye')).toBeUndefined());

  it('is probably its memory when it was killed', () =>
    expect(endReason({ ...state, exitCode: 137 }, 'one\ntwo\n')).toBe(
      'It was killed (exit code 137): probably out of memory (limit 2 GB). Its log ends with: one ⏎ two'
    ));

  it('is the problem that our program named', () => {
    const problem = {
      type: 'urn:jupyterlab-deep:model-invalid',
      detail: 'config.json is missing.',
      hint: 'Copy it again.'
    };
    const log = `x\n${JSON.stringify(problem)}\n`;
    expect(endReason({ ...state, exitCode: 2 }, log)).toBe(
      'It ended with exit code 2. config.json is missing. Copy it again.'
    );
  });
});
