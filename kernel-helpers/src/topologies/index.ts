import { findRunOf, IWaiting } from '../runs/runHandle';
import { TopologyBuilder } from './builder';
import { Topology } from './topology';
import { TopologyRun } from './topologyRun';

export { TopologyBuilder, TopologyOutput, TopologyStep } from './builder';
export type { TopologyFrom } from './builder';
export type { ITopologyRunOptions, TopologyInputs } from './runnable';
export { Topology } from './topology';
export { TopologyRun } from './topologyRun';
export type { ITopologyProgress, ITopologyOut } from './topologyRun';

/** Modules that are composed to one: loaded from files of the editor, or written in cells. */
export const topologies = {
  /** A `*.topology` file, relative to the notebook; it is read when something is done with it. */
  load(file: string): Topology {
    return new Topology(file);
  },

  /** A new one, node by node. */
  build(title: string, description = ''): TopologyBuilder {
    return new TopologyBuilder(title, description);
  },

  /**
   * A run by its id, such as after a restart of the kernel.
   *
   * @throws DeepError `not-found`
   */
  async open(id: string, options: IWaiting = {}): Promise<TopologyRun> {
    const run = await findRunOf('topology', id, 'run of a topology', options);
    return new TopologyRun(run);
  }
};
