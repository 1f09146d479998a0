import { readFile } from 'node:fs/promises';
import path from 'node:path';

type Environment = Record<string, string | undefined>;

/** A login of a registry, as the API of engines takes it. */
export interface IRegistryLogin {
  username: string;
  password: string;
  serveraddress: string;
}

interface IAuthFile {
  auths?: Record<string, { auth?: string }>;
}

/** Docker Hub is kept under an address of its own. */
const HUB = 'https://index.docker.io/v1/';

/** The login that `docker login` or `podman login` has kept for a registry. Helpers of the system's keyring are not asked. */
export async function registryLogin(
  registry: string,
  env: Environment,
  home: string
): Promise<IRegistryLogin | undefined> {
  for (const file of authFiles(env, home)) {
    const { auths = {} } = await readAuths(file);
    const keys = registry === 'docker.io' ? [registry, HUB] : [registry];
    const auth = keys.map(key => auths[key]?.auth).find(Boolean);
    const text = Buffer.from(auth ?? '', 'base64').toString('utf8');
    const colon = text.indexOf(':');
    if (colon > 0) {
      const username = text.slice(0, colon);
      const password = text.slice(colon + 1);
      return { username, password, serveraddress: registry };
    }
  }
  return undefined;
}

const authFiles = (env: Environment, home: string): string[] => [
  ...(env.REGISTRY_AUTH_FILE ? [env.REGISTRY_AUTH_FILE] : []),
  ...(env.XDG_RUNTIME_DIR
    ? [path.join(env.XDG_RUNTIME_DIR, 'containers', 'auth.json')]
    : []),
  path.join(home, '.config', 'containers', 'auth.json'),
  path.join(env.DOCKER_CONFIG || path.join(home, '.docker'), 'config.json')
];

async function readAuths(file: string): Promise<IAuthFile> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as IAuthFile;
  } catch {
    // Most machines have none of them; a damaged one holds no login.
    return {};
  }
}
