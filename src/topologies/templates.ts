import type {
  TopologyDocument,
  TopologyEdge,
  TopologyNode
} from '@jupyterlab-deep/protocol';
import { emptyTopology } from '@jupyterlab-deep/protocol/lib/topologies/read';
import type { TranslationBundle } from '@jupyterlab/translation';

/** A topology to begin with. */
export interface ITemplate {
  id: string;
  label: string;
  about: string;
  make: () => TopologyDocument;
}

const CLASSIFIER = 'builtin/image-classifier';

/** No detector comes with us: this one is in the catalogue, and another can be chosen. */
const DETECTOR = 'ai4eosc/ai4os-yolov8-torch';
const PICTURES = 'photos/*.jpg';

/** Those that are offered where nothing is drawn yet. */
export const FIRST_TEMPLATES = ['classify', 'sure', 'served'];

export function templatesOf(trans: TranslationBundle): ITemplate[] {
  const pictures = {
    id: 'photos',
    node: { kind: 'files', pattern: PICTURES },
    gives: 'file'
  } satisfies IStage;
  const classifier = {
    id: 'classifier',
    takes: 'image',
    node: { kind: 'module', module: CLASSIFIER, arguments: {} },
    gives: 'answer'
  } satisfies IStage;
  const table = {
    id: 'table',
    takes: 'in',
    node: {
      kind: 'csv',
      file: 'labels.csv',
      columns: {
        file: '$origin.name',
        // eslint-disable-next-line jupyter/no-untranslated-string -- an expression
        label: 'labels[0]',
        probability: 'probabilities[0]'
      }
    }
  } satisfies IStage;
  const chain = (
    id: string,
    label: string,
    about: string,
    stages: IStage[],
    more: TopologyEdge[] = []
  ): ITemplate => ({
    id,
    label,
    about,
    make: () => inRow(label, stages, more)
  });
  return [
    {
      id: 'empty',
      label: trans.__('Empty'),
      about: trans.__('Nothing in it yet.'),
      make: () => emptyTopology()
    },
    chain(
      'classify',
      trans.__('Classify a folder of pictures into a table'),
      trans.__('pictures → classifier → CSV table'),
      [pictures, classifier, table]
    ),
    chain(
      'sure',
      trans.__('Keep what the classifier is sure of'),
      trans.__('pictures → classifier → filter → JSON Lines'),
      [
        pictures,
        classifier,
        {
          id: 'sure',
          takes: 'in',
          node: {
            kind: 'filter',
            title: trans.__('Sure enough'),
            condition: 'probabilities[0] > 0.5'
          },
          gives: 'out'
        },
        {
          id: 'lines',
          takes: 'in',
          node: { kind: 'json-lines', file: 'sure.jsonl' }
        }
      ]
    ),
    chain(
      'detect',
      trans.__('Classify what a detector finds'),
      trans.__('pictures → detector → crop → classifier → CSV table'),
      [
        pictures,
        {
          id: 'detector',
          takes: 'files',
          node: { kind: 'module', module: DETECTOR, arguments: {} },
          gives: 'answer'
        },
        {
          id: 'crop',
          takes: 'boxes',
          node: { kind: 'crop', margin: 0.1 },
          gives: 'picture'
        },
        classifier,
        table
      ],
      [
        {
          from: { node: 'photos', port: 'file' },
          to: { node: 'crop', port: 'picture' }
        }
      ]
    ),
    chain(
      'served',
      trans.__('A module for others'),
      trans.__('request → classifier → reply; then Serve as module'),
      [
        {
          id: 'request',
          node: {
            kind: 'request',
            inputs: {
              image: {
                type: { kind: 'file', mediaTypes: ['image/*'] },
                required: true
              }
            }
          },
          gives: 'image'
        },
        classifier,
        { id: 'reply', takes: 'in', node: { kind: 'reply' } }
      ]
    )
  ];
}

/** A node, and by which ports it hangs between its neighbours. */
interface IStage {
  id: string;
  node: TopologyNode;
  takes?: string;
  gives?: string;
}

/** From the middle of one to the middle of the next, px. */
const STEP = 240;

function inRow(
  title: string,
  stages: readonly IStage[],
  more: readonly TopologyEdge[]
): TopologyDocument {
  const between = stages.slice(1).map((stage, index) => ({
    from: { node: stages[index].id, port: stages[index].gives ?? '' },
    to: { node: stage.id, port: stage.takes ?? '' }
  }));
  return {
    ...emptyTopology(title),
    nodes: Object.fromEntries(stages.map(({ id, node }) => [id, node])),
    edges: [...between, ...more],
    layout: Object.fromEntries(
      stages.map(({ id }, index) => [id, { x: index * STEP, y: 0 }])
    )
  };
}
