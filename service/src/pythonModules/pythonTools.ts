import { ISettings } from '../admin/config';
import { networkVariables } from '../admin/network';
import { moduleEnvironment } from '../deployments/environment';
import { IPlaces } from '../places';
import { Uv, uvEnvironment } from './uv';

type Environment = Record<string, string | undefined>;

/** What environments are made with, whoever makes them. */
export class PythonTools {
  constructor(
    private readonly _places: Pick<IPlaces, 'uv' | 'python' | 'rclone'>,
    settings: ISettings,
    env: Environment
  ) {
    const { network } = settings;
    this.env = uvEnvironment(moduleEnvironment(network, env), {
      ...env,
      ...networkVariables(network, env)
    });
    this.uv = new Uv({ uv: _places.uv, python: _places.python }, this.env);
  }

  readonly uv: Uv;
  /** Variables of the programs: proxies, authorities, mirrors; nothing secret. */
  readonly env: Record<string, string>;

  /** What a kernel outside Jupyter's environment has to know to start the service with Jupyter's own programs. */
  get kernelVariables(): Record<string, string> {
    const { uv, python, rclone } = this._places;
    return {
      DEEP_NODE: process.execPath,
      DEEP_PYTHON: python,
      ...(uv && { DEEP_UV: uv }),
      ...(rclone && { DEEP_RCLONE: rclone })
    };
  }
}
