import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'smol-toml';
import type { ICode } from './code';
import { ENTRY_POINTS } from './project';

/** What pip would write of a project, as far as a server needs it. */
interface ILink {
  name: string;
  version: string;
  /** Lines of `entry_points.txt`. */
  entryPoints: string[];
  /** The folder that its packages lie in. */
  root: string;
}

/**
 * Make a project importable as an editable installation would, without running its build: that takes seconds, and each change of
 * `pyproject.toml` asks for another.
 *
 * @returns undefined where its files do not say it all; then it has to be installed.
 */
export async function linkProject(
  code: ICode & { source: string }
): Promise<string | undefined> {
  const target = path.join(code.folder, 'installed');
  if (existsSync(target)) {
    return target;
  }
  const link = await readLink(code.source);
  if (!link) {
    return undefined;
  }
  const fresh = path.join(code.folder, 'linking');
  await rm(fresh, { recursive: true, force: true });
  await writeLink(fresh, link);
  await rename(fresh, target);
  return target;
}

async function readLink(source: string): Promise<ILink | undefined> {
  const text = await readFile(
    path.join(source, 'pyproject.toml'),
    'utf8'
  ).catch(() => undefined);
  // A program of its own may make anything.
  if (text === undefined || existsSync(path.join(source, 'setup.py'))) {
    return undefined;
  }
  const { project = {} } = parse(text) as { project?: Record<string, unknown> };
  const { name, version, 'entry-points': groups } = project;
  const group = (
    groups as Record<string, Record<string, string>> | undefined
  )?.[ENTRY_POINTS];
  const entries = Object.entries(group ?? {});
  const root = rootOf(
    source,
    entries.map(([, value]) => value)
  );
  return typeof name === 'string' && entries.length > 0 && root
    ? {
        name,
        version: typeof version === 'string' ? version : '0',
        entryPoints: entries.map(([key, value]) => `${key} = ${value}`),
        root
      }
    : undefined;
}

/** Packages lie in the project itself or in its `src`. */
function rootOf(source: string, values: string[]): string | undefined {
  const tops = values.map(value => value.split(/[.:]/)[0]);
  return [source, path.join(source, 'src')].find(root =>
    tops.every(
      top =>
        existsSync(path.join(root, top)) ||
        existsSync(path.join(root, `${top}.py`))
    )
  );
}

async function writeLink(
  folder: string,
  { name, version, entryPoints, root }: ILink
): Promise<void> {
  const plain = name.replace(/[-_.]+/g, '_');
  const info = path.join(folder, `${plain}-${version}.dist-info`);
  await mkdir(info, { recursive: true });
  await writeFile(path.join(folder, `${plain}.pth`), `${root}\n`);
  await writeFile(
    path.join(info, 'METADATA'),
    `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`
  );
  await writeFile(
    path.join(info, 'entry_points.txt'),
    `[${ENTRY_POINTS}]\n${entryPoints.join('\n')}\n`
  );
}
