import path from 'node:path';
import {
  DeepError,
  Module,
  TopologyDocument,
  TopologyExport,
  TopologyExportRequest
} from '@jupyterlab-deep/protocol';
import { elyraPipeline } from './elyra';
import { topologyNotebook } from './notebook';
import { toscaOf } from './tosca';

/** Of files of an export, whatever the topology is called. */
const SAFE_NAME = /[^A-Za-z0-9._-]+/g;

/**
 * A topology in another format.
 *
 * @param file - Its own, where it has one: what belongs to the export is named after it.
 * @throws DeepError `topology-invalid` of nodes that wait for each other; `conflict` where there is nothing to export.
 */
export function exportTopology(
  document: TopologyDocument,
  file: string | undefined,
  to: TopologyExportRequest['to'],
  modules: ReadonlyMap<string, Module | undefined>
): TopologyExport {
  const called = file ? path.parse(file).name : document.title;
  const name =
    called.replace(SAFE_NAME, '-').replace(/^[-.]+/, '') || 'topology';
  switch (to) {
    case 'notebook-typescript':
    case 'notebook-python': {
      const language = to === 'notebook-python' ? 'python' : 'typescript';
      const made = topologyNotebook(document, name, language);
      return {
        filename: made.filename,
        content: `${JSON.stringify(made.notebook, null, 1)}\n`,
        cannotSay:
          Object.keys(document.layout).length > 0
            ? ['Where nodes stand on the canvas.']
            : []
      };
    }
    case 'elyra': {
      const { pipeline, scripts } = elyraPipeline(document, name);
      return {
        ...pipeline,
        others: scripts,
        cannotSay: [
          `Types of ports, expressions and settings: each step reads them from ${name}.topology, which has to lie beside the pipeline.`,
          'Streaming: Elyra runs one step after the other; each takes what modules answered in the steps before.',
          'Steps run in the DEEP service, so the pipeline needs this extension where it runs: Elyra’s local runtime, not a remote one.'
        ]
      };
    }
    case 'tosca': {
      const { content, cannotSay } = toscaOf(document, name, modules);
      if (!content.includes('_runtime')) {
        throw new DeepError(
          'conflict',
          'No module of this topology has a container image, so there is nothing to deploy by TOSCA.',
          {
            hint: 'Serve the topology as a module instead, or use modules of the platform’s catalogue.',
            technical: cannotSay.join('\n')
          }
        );
      }
      return { filename: `${name}.tosca.yaml`, content, cannotSay };
    }
  }
}
