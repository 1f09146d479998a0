import { Scalar, stringify } from 'yaml';
import { Module, TopologyDocument } from '@jupyterlab-deep/protocol';

/** Where DEEPaaS listens in the images of the platform. */
const DEEPAAS_PORT = 5000;

const TYPES =
  'https://raw.githubusercontent.com/grycap/tosca/main/custom_types.yaml';

/** A TOSCA document that deploys the modules of a topology, a container each on one cluster. */
export function toscaOf(
  document: TopologyDocument,
  name: string,
  modules: ReadonlyMap<string, Module | undefined>
): { content: string; cannotSay: string[] } {
  const used = [
    ...new Set(
      Object.values(document.nodes).flatMap(node =>
        node.kind === 'module' ? [node.module] : []
      )
    )
  ];
  const cannotSay = [
    'TOSCA deploys the modules; how data flows between them stays in the topology.'
  ];
  const inputs: Record<string, object> = {};
  const nodeTemplates: Record<string, object> = {};
  const outputs: Record<string, object> = {};
  for (const id of used) {
    const module = modules.get(id);
    if (!module?.image) {
      cannotSay.push(
        module
          ? `${module.title} (${id}) has no container image: it is not among what is deployed.`
          : `${id} is in no catalogue: it is not among what is deployed.`
      );
      continue;
    }
    const key = id.replace(/[^A-Za-z0-9]+/g, '_').toLowerCase();
    const { cpu = 2, gpu = 0, memoryMb = 4000 } = module.resources ?? {};
    inputs[`${key}_image`] = {
      type: 'string',
      description: `Container image of ${module.title}`,
      default: module.image
    };
    nodeTemplates[key] = {
      type: 'tosca.nodes.Container.Application.Docker',
      requirements: [{ host: `${key}_runtime` }],
      artifacts: {
        image: {
          file: { get_input: `${key}_image` },
          type: 'tosca.artifacts.Deployment.Image.Container.Docker'
        }
      }
    };
    nodeTemplates[`${key}_runtime`] = {
      type: 'tosca.nodes.Container.Runtime.Docker',
      capabilities: {
        host: {
          properties: {
            num_cpus: float(cpu),
            mem_size: `${memoryMb} MB`,
            num_gpus: gpu,
            publish_ports: [{ target: DEEPAAS_PORT }]
          }
        }
      }
    };
    outputs[`${key}_endpoint`] = {
      value: {
        concat: ['http://', { get_attribute: [key, 'endpoints', 0] }]
      }
    };
  }
  const content = stringify({
    tosca_definitions_version: 'tosca_simple_yaml_1_0',
    imports: [{ grycap_custom_types: TYPES }],
    description: `Modules of the topology ${document.title || name}`,
    metadata: { display_name: document.title || name },
    topology_template: {
      inputs,
      node_templates: nodeTemplates,
      outputs
    }
  });
  return { content, cannotSay };
}

/** TOSCA takes `4` for no float. */
function float(value: number): Scalar<number> {
  const scalar = new Scalar(value);
  scalar.minFractionDigits = 1;
  return scalar;
}
