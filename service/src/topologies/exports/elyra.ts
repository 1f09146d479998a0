import { createHash } from 'node:crypto';
import {
  nameOfNode,
  nodesInLine,
  TopologyDocument
} from '@jupyterlab-deep/protocol';

/** The version of Elyra's own part of a pipeline that this writes: that of Elyra 3.12 to 4. */
const PIPELINE_VERSION = 8;
const COLUMN_PX = 240;
const ROW_PX = 110;

export interface IExportedFile {
  filename: string;
  content: string;
}

/**
 * A pipeline for Elyra, in the format of its version 3.0 documents, and a script for each of its nodes. A script runs the
 * topology up to its node: what nodes before it answered is not asked again.
 */
export function elyraPipeline(
  document: TopologyDocument,
  name: string
): { pipeline: IExportedFile; scripts: IExportedFile[] } {
  const order = nodesInLine(document);
  const script = (node: string): string => `${name}-steps/${node}.py`;
  const nodes = order.map((node, index) =>
    pipelineNode(document, name, node, script(node), index)
  );
  const id = idOf(name, 'pipeline');
  const pipeline = {
    doc_type: 'pipeline',
    version: '3.0',
    json_schema:
      'http://api.dataplatform.ibm.com/schemas/common-pipeline/pipeline-flow/pipeline-flow-v3-schema.json',
    id: idOf(name, 'document'),
    primary_pipeline: id,
    pipelines: [
      {
        id,
        nodes,
        app_data: {
          ui_data: { comments: [] },
          version: PIPELINE_VERSION,
          properties: { name, runtime: 'Generic' }
        },
        runtime_ref: ''
      }
    ],
    schemas: []
  };
  return {
    pipeline: {
      filename: `${name}.pipeline`,
      content: `${JSON.stringify(pipeline, null, 2)}\n`
    },
    scripts: order.map(node => ({
      filename: script(node),
      content: scriptOf(name, node)
    }))
  };
}

function pipelineNode(
  document: TopologyDocument,
  name: string,
  node: string,
  filename: string,
  index: number
): object {
  const before = new Set(
    document.edges.filter(({ to }) => to.node === node).map(e => e.from.node)
  );
  const place = document.layout[node] ?? {
    x: index * COLUMN_PX,
    y: (index % 3) * ROW_PX
  };
  const label = nameOfNode(document, node);
  const port = (id: string): object => ({
    id,
    app_data: { ui_data: { cardinality: { min: 0, max: -1 }, label: id } }
  });
  return {
    id: idOf(name, node),
    type: 'execution_node',
    op: 'execute-python-node',
    app_data: {
      label,
      component_parameters: {
        filename,
        // Elyra wants one; its local runtime uses none.
        runtime_image: 'python:3.11',
        dependencies: [`../${name}.topology`],
        include_subdirectories: false,
        env_vars: [],
        outputs: []
      },
      ui_data: {
        label,
        x_pos: Math.round(place.x),
        y_pos: Math.round(place.y),
        description: ''
      }
    },
    inputs: [
      {
        ...port('inPort'),
        ...(before.size > 0 && {
          links: [...before].map(each => ({
            id: idOf(name, each, node),
            node_id_ref: idOf(name, each),
            port_id_ref: 'outPort'
          }))
        })
      }
    ],
    outputs: [port('outPort')]
  };
}

const scriptOf = (name: string, node: string): string =>
  [
    `"""Runs ${name}.topology up to its node ${node}; answers of the nodes before it are taken from before."""`,
    '',
    'from pathlib import Path',
    '',
    'from jupyterlab_deep import topologies',
    '',
    `file = Path(__file__).resolve().parent.parent / ${JSON.stringify(`${name}.topology`)}`,
    `topologies.load(file).submit(up_to=${JSON.stringify(node)}).watch()`,
    ''
  ].join('\n');

/** The same for the same names, so that two exports of one topology do not differ. */
function idOf(...names: string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(names)).digest('hex');
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `4${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32)
  ].join('-');
}
