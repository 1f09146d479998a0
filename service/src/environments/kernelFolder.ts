import {
  cp,
  lstat,
  mkdir,
  opendir,
  readdir,
  readFile,
  rename,
  rm,
  symlink
} from 'node:fs/promises';
import path from 'node:path';
import {
  DeepError,
  EnvironmentDevice,
  InstalledPackage
} from '@jupyterlab-deep/protocol';
import { writeAtomically } from '../store/atomicFile';

/** Kernels of ours are told from others by it. */
const PREFIX = 'deep-';
/** Written last: what has none is half made. */
const MARKER = 'environment.json';
const REPLACED = '.replaced-';

/** What is written into an environment about itself. */
export interface IMarker {
  name: string;
  title: string;
  device: EnvironmentDevice;
  lock: string;
  python: string;
  /** Packages that matter to people. */
  shown: string[];
  packages: number;
  sizeBytes: number;
  seconds: number;
  madeAt: string;
}

/** What its kernel is told, beside where it lies. */
export interface IKernelTools {
  /** Our own Python package, which cells import. */
  library: string;
  /** Variables that lead that package back to Jupyter's programs. */
  env: Record<string, string>;
}

/**
 * Environments that are whole: each is the folder of a kernel as Jupyter looks for it, so that one renaming makes it and the kernel
 * appear, and one lets both vanish.
 */
export class KernelFolder {
  constructor(
    readonly folder: string,
    private readonly _tools: IKernelTools
  ) {}

  kernelOf(name: string): string {
    return `${PREFIX}${name}`;
  }

  pathOf(name: string): string {
    return path.join(this.folder, this.kernelOf(name));
  }

  /** Undefined where it is not there, or not whole. */
  async read(name: string): Promise<IMarker | undefined> {
    try {
      const file = path.join(this.pathOf(name), MARKER);
      return JSON.parse(await readFile(file, 'utf8')) as IMarker;
    } catch {
      // Not made yet, or half removed: none that can be used.
      return undefined;
    }
  }

  async names(): Promise<string[]> {
    const names = await readdir(this.folder).catch(() => []);
    return names
      .filter(name => name.startsWith(PREFIX))
      .map(name => name.slice(PREFIX.length));
  }

  /** Make a whole folder of one that has a `venv`, and put it in its place; one that is there gives way. */
  async place(from: string, marker: IMarker, logo?: string): Promise<void> {
    await this._describe(from, marker);
    if (logo) {
      await cp(logo, path.join(from, 'logo-svg.svg'));
    }
    await writeAtomically(path.join(from, MARKER), JSON.stringify(marker));
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const place = this.pathOf(marker.name);
    const old = path.join(this.folder, `${REPLACED}${path.basename(from)}`);
    await rename(place, old).catch(ignoreMissing);
    await rename(from, place);
    await rm(old, { recursive: true, force: true });
  }

  /** @throws DeepError `not-found` */
  async remove(name: string): Promise<void> {
    const gone = path.join(this.folder, `${REPLACED}${name}`);
    await rm(gone, { recursive: true, force: true });
    try {
      await rename(this.pathOf(name), gone);
    } catch (error) {
      throw new DeepError('not-found', `There is no environment ${name}.`, {
        cause: error
      });
    }
    await rm(gone, { recursive: true, force: true });
  }

  /** What a kill left, and descriptions of kernels that name programs of an older installation. */
  async mend(): Promise<void> {
    const names = await readdir(this.folder).catch(() => []);
    for (const name of names.filter(each => each.startsWith(REPLACED))) {
      await rm(path.join(this.folder, name), { recursive: true, force: true });
    }
    for (const name of await this.names()) {
      const marker = await this.read(name);
      if (marker) {
        await this._describe(this.pathOf(name), marker);
      }
    }
  }

  private async _describe(folder: string, marker: IMarker): Promise<void> {
    const file = path.join(folder, 'kernel.json');
    const text = JSON.stringify(kernelSpec(marker, this._tools.env), null, 2);
    if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
      await writeAtomically(file, text);
    }
    await this._linkLibrary(folder);
  }

  /** Cells import our package; everything else of Jupyter's environment stays unseen. */
  private async _linkLibrary(folder: string): Promise<void> {
    const packages = await sitePackages(folder);
    const link = path.join(packages, path.basename(this._tools.library));
    const known = await lstat(link).catch(() => undefined);
    if (known?.isSymbolicLink()) {
      await rm(link);
    }
    if (!known || known.isSymbolicLink()) {
      await symlink(this._tools.library, link);
    }
  }
}

/** What Jupyter starts. Its own variables for Python would let packages of its environment in. */
const kernelSpec = (
  { name, title, device, python }: IMarker,
  env: Record<string, string>
): object => ({
  argv: [
    '{resource_dir}/venv/bin/python',
    ...['-m', 'ipykernel_launcher', '-f', '{connection_file}']
  ],
  display_name: `${title} (DEEP)`,
  language: 'python',
  metadata: { debugger: true, deep: { environment: name, device, python } },
  env: { ...env, PYTHONPATH: '', PYTHONNOUSERSITE: '1' }
});

/** Where packages lie in an environment. */
export async function sitePackages(folder: string): Promise<string> {
  const lib = path.join(folder, 'venv', 'lib');
  const names = await readdir(lib).catch(() => []);
  const python = names.find(name => name.startsWith('python'));
  return path.join(lib, python ?? 'python3', 'site-packages');
}

/** Installed packages by the names of their records: nothing is imported, and nothing of them runs. */
export async function installedPackages(
  folder: string
): Promise<InstalledPackage[]> {
  const names = await readdir(await sitePackages(folder)).catch(() => []);
  return names
    .flatMap(name => {
      const [, found, version] = /^(.+)-([^-]+)\.dist-info$/.exec(name) ?? [];
      return found ? [{ name: found.replaceAll('_', '-'), version }] : [];
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

export async function sizeOfFolder(folder: string): Promise<number> {
  const links = new Set<bigint>();
  let sizeBytes = 0;
  for await (const entry of await opendir(folder, { recursive: true })) {
    if (entry.isFile()) {
      const info = await lstat(path.join(entry.parentPath, entry.name), {
        bigint: true
      });
      sizeBytes += links.has(info.ino) ? 0 : Number(info.size);
      links.add(info.ino);
    }
  }
  return sizeBytes;
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') {
    throw error;
  }
}
