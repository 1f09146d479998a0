import { Module, TargetPlan } from '@jupyterlab-deep/protocol';
import { Schema } from './form';
import { IStorageChoice } from './storage';

/** The choice that is no virtual organisation: a page for about ten minutes. */
export const TRY_ME = 'try-me';

/** One choice of a form, with what it asks for. */
export interface IPapiChoice {
  id: string;
  title: string;
  properties: Record<string, Schema>;
  /** Groups without which nothing can be begun. */
  required?: string[];
}

/** What a plan is made of. */
export interface IPlanParts {
  target: string;
  host: string;
  module: Module;
  choices: IPapiChoice[];
  warnings: string[];
  storages: readonly IStorageChoice[];
  /** Why there is no choice. */
  reason: string;
  cost?: string;
}

/** What would happen, and what can be chosen: the virtual organisation first. */
export const planFor = (parts: IPlanParts): TargetPlan =>
  planOf(parts, [
    ...saysOf(parts),
    ...(parts.storages.length > 0 ? [ITS_STORAGE] : []),
    ...toAllow(parts.storages)
  ]);

/** The same of a batch job. */
export const planForJob = (parts: IPlanParts): TargetPlan =>
  planOf(parts, [...jobSaysOf(parts), ...toAllow(parts.storages)]);

function planOf(parts: IPlanParts, says: string[]): TargetPlan {
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
    says
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
      required: ['vo', ...(first.required ?? [])]
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
        oneOf: choices.map(({ id, properties, required }) => ({
          properties: { vo: { enum: [id] }, ...properties },
          ...(required && { required })
        }))
      }
    }
  };
}

const ITS_STORAGE =
  'Your cloud storage is given to it only where you ask for it; the platform then knows a password of its own for it, which you can take back.';

/** Those whose user has yet to allow it. */
const toAllow = (storages: readonly IStorageChoice[]): string[] =>
  storages
    .filter(({ isAllowed }) => !isAllowed)
    .map(
      ({ title }) =>
        `${title} can be given to it once you allow that: “Let deployments use it…” in the storage panel.`
    );

const saysOf = ({ host, module }: IPlanParts): string[] => [
  `The platform at ${host} runs ${module.title} in your name, on machines of its own. Your files go there when you predict.`,
  'It waits in a queue until a machine is free.',
  'Whoever knows the address of the module can use it.',
  'The platform shows no log of deployments.',
  'Stopping ends it for good; what lies in the storage stays.'
];

const jobSaysOf = ({ host, module }: IPlanParts): string[] => [
  `The platform at ${host} starts the container of ${module.title} in your name, on a machine of its own; it carries out your script once and ends.`,
  'It waits in a queue until a machine is free.',
  'Your storage is mounted at /storage there: what the script leaves anywhere else is gone with its container.',
  'The platform shows no log of batch jobs: let the script write one to /storage.'
];
