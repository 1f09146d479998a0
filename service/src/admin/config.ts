import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  AdminConfig,
  DeepError,
  ProviderSetting,
  SourceSetting,
  TargetSetting
} from '@jupyterlab-deep/protocol';
import { checkConfig } from './check';
import { readOverrides } from './environment';

type Environment = Record<string, string | undefined>;

/** Settings with every default filled in. */
export interface ISettings {
  storeDirectory?: string;
  moduleFolders: string[];
  catalogue: {
    sources: SourceSetting[];
    disabled: string[];
    lockSources: boolean;
    refreshMinutes: number;
  };
  limits: {
    idleMinutes: number;
    moduleIdleMinutes: number;
    uploadMb: number;
    startSeconds: number;
    pythonStartSeconds: number;
    predictMinutes: number;
    apiSeconds: number;
    keepRunsMb: number;
    keepAwakeHours: number;
    /** Undefined: the CPUs that the machine's limits allow. */
    threads?: number;
  };
  network: NonNullable<AdminConfig['network']>;
  /** Beside the defaults. */
  providers: ProviderSetting[];
  storage: {
    /** Undefined: `~/datasets`. */
    folder?: string;
    /** Of each mounted dataset. */
    cacheMb: number;
    mount: boolean;
  };
  targets: {
    more: TargetSetting[];
    disabled: string[];
    /** Users may add none. */
    lockTargets: boolean;
    mirrors: Record<string, string>;
    baseImage: string;
    cpus: number;
    memoryMb: number;
    startSeconds: number;
  };
  /** The files that were read, earlier ones winning. */
  files: string[];
}

/** Modules are published some times a week; the platform itself reads its index every six hours. */
const REFRESH_MINUTES = 60;
const LIMITS = {
  idleMinutes: 10,
  moduleIdleMinutes: 30,
  uploadMb: 200,
  startSeconds: 60,
  pythonStartSeconds: 900,
  predictMinutes: 30,
  // The proxy of Jupyter, and most that stand before it, give up after five minutes.
  apiSeconds: 290,
  keepRunsMb: 2000,
  keepAwakeHours: 24
};

/** A cache that is too small fetches again what the next cell reads. */
const STORAGE = { cacheMb: 10_000, mount: true };

/** Small enough for a laptop; DEEPaaS images fetch their weights at their start. */
const TARGETS = {
  more: [],
  disabled: [],
  lockTargets: false,
  mirrors: {},
  baseImage: 'docker.io/library/debian:stable-slim',
  cpus: 2,
  memoryMb: 4000,
  startSeconds: 900
};

/**
 * Read `deep.json` from every folder of Jupyter's config path and lay the environment over it.
 *
 * @param folders Earlier folders win over later ones.
 * @throws DeepError `configuration-invalid` naming file, key and rule.
 */
export async function readSettings(
  folders: string[],
  env: Environment
): Promise<ISettings> {
  const layers: AdminConfig[] = [];
  const files: string[] = [];
  for (const folder of folders) {
    const file = path.join(folder, 'deep.json');
    const text = await readOptional(file);
    if (text !== undefined) {
      layers.unshift(checkConfig(parse(text, file), file));
      files.push(file);
    }
  }
  layers.push(checkConfig(readOverrides(env)));
  return withDefaults(layers.reduce(merge, {}), files);
}

async function readOptional(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return undefined;
    }
    throw new DeepError(
      'configuration-invalid',
      `The administrator's file ${file} could not be read: ${message}.`,
      { hint: 'Make it readable for everybody, or remove it.', cause: error }
    );
  }
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DeepError(
      'configuration-invalid',
      `The administrator's file ${file} is not JSON: ${(error as Error).message}.`,
      { cause: error }
    );
  }
}

/** Objects are merged key by key; lists and values are replaced. */
function merge(under: AdminConfig, over: AdminConfig): AdminConfig {
  const result: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const inner = (under as Record<string, unknown>)[key];
    result[key] = { ...(inner as object), ...(value as object) };
  }
  return result;
}

const withDefaults = (config: AdminConfig, files: string[]): ISettings => ({
  storeDirectory: config.store?.directory,
  moduleFolders: config.catalogue?.folders ?? [],
  catalogue: {
    sources: config.catalogue?.sources ?? [],
    disabled: config.catalogue?.disabled ?? [],
    lockSources: config.catalogue?.lockSources ?? false,
    refreshMinutes: config.catalogue?.refreshMinutes ?? REFRESH_MINUTES
  },
  limits: { ...LIMITS, ...config.limits },
  network: config.network ?? {},
  providers: config.accounts?.providers ?? [],
  storage: { ...STORAGE, ...config.storage },
  targets: { ...TARGETS, ...config.targets },
  files
});
