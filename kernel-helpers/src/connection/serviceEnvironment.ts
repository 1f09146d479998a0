import * as path from 'node:path';
import { dataDir, nodeHome, runtimeDir } from './places';

/** What a service may need of a kernel's environment. Secrets that a notebook or a hub put there are not among it. */
const PASSED = [
  /^(PATH|HOME|USER|LOGNAME|SHELL|TZ|TMPDIR|LANG|LANGUAGE|LC_\w+|XDG_\w+)$/,
  /^(HTTPS?|ALL|NO)_PROXY$/i,
  /^(SSL_CERT_(FILE|DIR)|NODE_EXTRA_CA_CERTS|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE)$/,
  /^(PIP_(INDEX_URL|EXTRA_INDEX_URL|CONFIG_FILE|CERT)|UV_(INDEX_URL|DEFAULT_INDEX|INDEX|CONFIG_FILE))$/,
  /^npm_config_(registry|cafile)$/i,
  /^JUPYTER_(DATA_DIR|RUNTIME_DIR|CONFIG_DIR|CONFIG_PATH|PATH|PLATFORM_DIRS|PREFER_ENV_PATH)$/,
  /^DEEP_\w+$/,
  // Where the user's engine is, and files and agents that open it.
  /^(DOCKER_(HOST|TLS_VERIFY|CERT_PATH|CONFIG)|CONTAINER_HOST|REGISTRY_AUTH_FILE|SSH_AUTH_SOCK)$/,
  // The user's cloud, where the platform names it.
  /^RCLONE_CONFIG_RSHARE_\w+$/,
  /^(LD_LIBRARY_PATH|DYLD_LIBRARY_PATH|CUDA_\w+|NVIDIA_\w+)$/
];

/** The environment that a service started from here gets; the door makes the same one. */
export function serviceEnvironment(): Record<string, string> {
  const passed = Object.entries(process.env).flatMap(([name, value = '']) =>
    PASSED.some(pattern => pattern.test(name)) ? [[name, value]] : []
  );
  return {
    DEEP_MODULES_PATH: path.join(path.dirname(nodeHome()), 'modules'),
    ...Object.fromEntries(passed),
    DEEP_DATA_DIR: dataDir(),
    DEEP_RUNTIME_DIR: runtimeDir()
  };
}
