import { TopologyDocument } from './document';
import { TopologyPorts, TopologyProblem } from './requests';

/** Ports by node. */
export type PortsByNode = Readonly<Record<string, TopologyPorts>>;

/** What the rules look at. */
export interface ILook {
  document: TopologyDocument;
  ports: PortsByNode;
  unknown: ReadonlySet<string>;
}

type Found = Omit<TopologyProblem, 'severity'>;
export const error = (found: Found): TopologyProblem => ({
  ...found,
  severity: 'error'
});
export const warning = (found: Found): TopologyProblem => ({
  ...found,
  severity: 'warning'
});

/** As people see it in the editor. */
export const nameOfNode = ({ nodes }: TopologyDocument, id: string): string =>
  nodes[id]?.title || id;
