import { nullTranslator } from '@jupyterlab/translation';
import { DeepService } from '../service/connection';
import { StandInServer } from './standInServer';

export const trans = nullTranslator.load('jupyterlab_deep');

/** A real connection to a stand-in of the server. */
export function connect(server: StandInServer): DeepService {
  const { settings: serverSettings } = server;
  return new DeepService({ serverSettings, trans, pausesMs: [5] });
}

/** A reply that waits until it is given. */
export function later<T>(): { promise: Promise<T>; give: (value: T) => void } {
  let give: (value: T) => void = () => undefined;
  const promise = new Promise<T>(resolve => {
    give = resolve;
  });
  return { promise, give };
}
