import { networkVariables } from '../admin/network';
import { ISettings } from '../admin/config';

type Environment = Record<string, string | undefined>;

/** What a module may know of ours: no token of Jupyter or of a hub is among it. */
const PASSED = [
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'TMPDIR',
  'LD_LIBRARY_PATH',
  'CUDA_HOME',
  'CUDA_PATH',
  'CUDA_VISIBLE_DEVICES',
  'NVIDIA_VISIBLE_DEVICES',
  'NVIDIA_DRIVER_CAPABILITIES'
];

/** The environment that a module is started with. */
export function moduleEnvironment(
  network: ISettings['network'],
  env: Environment
): Record<string, string> {
  const passed = PASSED.flatMap(name => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(passed), ...networkVariables(network, env) };
}
