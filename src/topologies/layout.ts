import type { TopologyDocument } from '@jupyterlab-deep/protocol';
import ELK, { ElkNode } from 'elkjs/lib/elk-api';
import type { IPoint } from './edits';

/** Of nodes that were not drawn yet, px. */
const USUAL = { width: 220, height: 90 };

const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.spacing.nodeNode': '40',
  'elk.layered.spacing.nodeNodeBetweenLayers': '80',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES'
};

type Sizes = Readonly<Record<string, { width: number; height: number }>>;

/** From left to right, edges crossing as little as can be; computed in a thread of its own. */
export async function arrangedPlaces(
  { nodes, edges }: TopologyDocument,
  sizes: Sizes
): Promise<Record<string, IPoint>> {
  const elk = new ELK({
    workerFactory: () =>
      new Worker(new URL('elkjs/lib/elk-worker.min.js', import.meta.url))
  });
  try {
    const arranged = await elk.layout({
      id: 'topology',
      layoutOptions: OPTIONS,
      children: Object.keys(nodes).map(id => ({ id, ...USUAL, ...sizes[id] })),
      edges: edges.map(({ from, to }, index) => ({
        id: `edge-${index}`,
        sources: [from.node],
        targets: [to.node]
      }))
    });
    return placesOf(arranged);
  } finally {
    elk.terminateWorker();
  }
}

function placesOf({ children = [] }: ElkNode): Record<string, IPoint> {
  return Object.fromEntries(
    children.map(({ id, x = 0, y = 0 }) => [id, { x, y }])
  );
}
