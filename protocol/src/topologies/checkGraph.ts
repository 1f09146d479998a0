import { edgesAlone, inputsOf } from './edgeRules';
import {
  cycles,
  emptiness,
  mixedScopes,
  oncePerTopology,
  reach,
  sharedSinks,
  stepsNamed
} from './graphRules';
import { TopologyDocument } from './document';
import { ILook, PortsByNode } from './look';
import { TopologyProblem } from './requests';

/**
 * What can be told of a topology by looking at it alone, the same in the editor and in the service.
 *
 * @param unknownApis - Nodes whose module's ports nobody knows yet: they are not held against it.
 */
export function checkGraph(
  document: TopologyDocument,
  ports: PortsByNode,
  unknownApis: readonly string[] = []
): TopologyProblem[] {
  const look: ILook = { document, ports, unknown: new Set(unknownApis) };
  return [
    ...emptiness(look),
    ...edgesAlone(look),
    ...inputsOf(look),
    ...cycles(look),
    ...reach(look),
    ...mixedScopes(look),
    ...oncePerTopology(look),
    ...sharedSinks(look),
    ...stepsNamed(look)
  ];
}
