import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';
import type { PodmanHere } from './podmanHere';

/** An image with Python, a shell and little else, made of this machine. */
export const PYTHON_BASE = 'localhost/deep-test-python:latest';

const PYTHON = '/usr/bin/python3';
/** What recipes and the programs of images call. */
const PROGRAMS =
  'bash cat chmod chown cp echo env id ls ln mkdir mv readlink rm sh sleep uname dirname basename useradd'.split(
    ' '
  );

/** Why it cannot be made here; undefined where it can. */
export function whyNoPythonBase(): string | undefined {
  return existsSync(path.join(standardLibrary(), 'ensurepip'))
    ? undefined
    : `${PYTHON} has no venv: Debian's package python3-venv`;
}

/** Import it. No registry is asked. */
export function importPythonBase(podman: PodmanHere): void {
  const archive = path.join(podman.folder, 'python.tar');
  const list = path.join(podman.folder, 'files');
  const names = baseFiles().map(name => name.slice(1));
  writeFileSync(list, names.join('\n'));
  execFileSync('tar', [
    ...['--create', '--dereference', '--ignore-failed-read'],
    ...['--exclude=__pycache__', '--exclude=*/test', '--exclude=private'],
    ...['--file', archive, '--directory', '/', '--files-from', list]
  ]);
  const empty = path.join(podman.folder, 'empty');
  mkdirSync(path.join(empty, 'tmp'), { recursive: true });
  chmodSync(path.join(empty, 'tmp'), 0o1777);
  execFileSync('tar', [
    ...['--append', '--file', archive, '--directory', empty, 'tmp']
  ]);
  podman.cli(['import', archive, PYTHON_BASE]);
}

function standardLibrary(): string {
  const ask = 'import sysconfig; print(sysconfig.get_path("stdlib"), end="")';
  return existsSync(PYTHON)
    ? execFileSync(PYTHON, ['-c', ask], { encoding: 'utf8' })
    : '/nowhere';
}

/** Python, a shell, and what both need. */
function baseFiles(): string[] {
  const library = standardLibrary();
  const programs = [
    PYTHON,
    ...PROGRAMS.flatMap(name => findProgram(name) ?? [])
  ];
  const natives = readdirSync(path.join(library, 'lib-dynload')).map(name =>
    path.join(library, 'lib-dynload', name)
  );
  const told = execFileSync('ldd', [...programs, ...natives, ...NATIVE], {
    encoding: 'utf8'
  });
  const libraries = [...told.matchAll(/(\/(?:usr\/)?lib[^\s():]*)/g)]
    .map(([, name]) => name)
    .filter(name => existsSync(name) && !name.startsWith(library));
  return [
    ...new Set([...programs, ...libraries, ...NATIVE, ...REST, library])
  ].filter(existsSync);
}

/** Of Node and the native packages, and of name look-ups, which nothing names. */
const NATIVE = [
  ...['libstdc++.so.6', 'libgcc_s.so.1', 'libnss_dns.so.2', 'libresolv.so.2'],
  ...[
    'librt.so.1',
    'libpthread.so.0',
    'libdl.so.2',
    'libutil.so.1',
    'libm.so.6'
  ]
]
  .map(name => `/usr/lib/x86_64-linux-gnu/${name}`)
  .filter(existsSync);
const REST = [
  '/bin/sh',
  ...['/etc/passwd', '/etc/group', '/etc/nsswitch.conf', '/etc/login.defs'],
  ...['/etc/ssl', '/usr/share/python-wheels', '/usr/lib/ssl']
];

const findProgram = (name: string): string | undefined =>
  ['/usr/bin', '/bin', '/usr/sbin']
    .map(folder => path.join(folder, name))
    .find(existsSync);
