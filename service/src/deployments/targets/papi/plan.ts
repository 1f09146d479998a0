import { Module, TargetPlan } from '@jupyterlab-deep/protocol';
import { Schema } from './form';

/** The choice that is no virtual organisation: a page for about ten minutes. */
export const TRY_ME = 'try-me';

/** One choice of a form, with what it asks for. */
export interface IPapiChoice {
  id: string;
  title: string;
  properties: Record<string, Schema>;
}

/** What a plan is made of. */
export interface IPlanParts {
  target: string;
  host: string;
  module: Module;
  choices: IPapiChoice[];
  warnings: string[];
  hasStorage: boolean;
  /** Why there is no choice. */
  reason: string;
  cost?: string;
}

/** What would happen, and what can be chosen: the virtual organisation first. */
export function planFor(parts: IPlanParts): TargetPlan {
  const { target, module, choices, warnings, cost } = parts;
  const common = {
    target,
    module: module.id,
    warnings: [...new Set(warnings)],
    ...(cost && { cost })
  };
  if (choices.length === 0) {
    const { reason } = parts;
    return { ...common, isPossible: false, reason, options: {}, says: [] };
  }
  return {
    ...common,
    isPossible: true,
    options: optionsOf(choices),
    says: saysOf(parts)
  };
}

function optionsOf(choices: IPapiChoice[]): Schema {
  const [first] = choices;
  const vo = {
    type: 'string',
    title: 'Virtual organisation',
    description: 'In whose name the platform runs it.',
    default: first.id
  };
  if (choices.length === 1) {
    return {
      type: 'object',
      properties: { vo: { ...vo, const: first.id }, ...first.properties },
      required: ['vo']
    };
  }
  return {
    type: 'object',
    properties: {
      vo: {
        ...vo,
        oneOf: choices.map(({ id, title }) => ({ const: id, title }))
      }
    },
    required: ['vo'],
    dependencies: {
      vo: {
        oneOf: choices.map(({ id, properties }) => ({
          properties: { vo: { enum: [id] }, ...properties }
        }))
      }
    }
  };
}

const saysOf = ({ host, module, hasStorage }: IPlanParts): string[] => [
  `The platform at ${host} runs ${module.title} in your name, on machines of its own. Your files go there when you predict.`,
  'It waits in a queue until a machine is free.',
  ...(hasStorage
    ? [
        'Your cloud storage is given to it only where you ask for it; the platform then knows its app password.'
      ]
    : []),
  'Whoever knows the address of the module can use it.',
  'The platform shows no log of deployments.',
  'Stopping ends it for good; what lies in the storage stays.'
];
