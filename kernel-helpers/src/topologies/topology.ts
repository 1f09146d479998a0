import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  DeepError,
  readTopology,
  TopologyDocument
} from '@jupyterlab-deep/protocol';
import { RunnableTopology } from './runnable';

/** A topology in a file. It is read anew whenever something is done with it. */
export class Topology extends RunnableTopology {
  /** @param file - Relative to the notebook. */
  constructor(file: string) {
    super();
    this.path = path.resolve(file);
  }

  /** Absolute. */
  readonly path: string;

  /** @throws DeepError `not-found`, `topology-invalid`, `topology-newer` */
  async document(): Promise<TopologyDocument> {
    let text: string;
    try {
      text = await readFile(this.path, 'utf8');
    } catch (cause) {
      throw new DeepError('not-found', `${this.path} cannot be read.`, {
        technical: (cause as Error).message,
        cause
      });
    }
    return readTopology(text);
  }

  protected get where(): string {
    return this.path;
  }
}
