import type { IJsonSchema } from '@jupyterlab-deep/kernel-helpers/deepaas';
import type { CheckFinding, CheckOutcome } from '@jupyterlab-deep/protocol';
import type { ISeen, Probe } from './probe';
import type { ISample } from './sample';

/** What the rules know of the server. */
export interface ICheckContext {
  probe: Probe;
  /** Before `/v2/`, without a slash at its end; often empty. */
  base: string;
  /** With a slash at its end; empty where no model was found. */
  modelPath: string;
  model: string;
  /** As it was answered; undefined where it was not. */
  swagger?: ISwagger;
  predict?: IJsonSchema;
  train?: IJsonSchema | null;
  /** Values that its description allows, or that it brings along. */
  sample?: ISample;
  /** Bytes of its processes; undefined where they cannot be seen from here. */
  memoryBytes(): Promise<number | undefined>;
}

/** As much of Swagger 2.0 as rules look at. */
export interface ISwagger {
  swagger?: unknown;
  paths?: Record<string, Record<string, IOperation>>;
  definitions?: Record<string, Record<string, unknown>>;
}

export interface IOperation {
  parameters?: Record<string, unknown>[];
  produces?: string[];
  responses?: Record<string, { schema?: { $ref?: string } }>;
}

/** What a rule found. */
export interface IVerdict {
  outcome: CheckOutcome;
  found: string;
  seen?: ISeen;
}

/** One rule of the API. */
export interface IRule {
  id: string;
  group: CheckFinding['group'];
  /** In one sentence. */
  says: string;
  /** What to do where it is broken. */
  remedy: string;
  look(context: ICheckContext): Promise<IVerdict> | IVerdict;
}

export const passed = (found: string, seen?: ISeen): IVerdict => ({
  outcome: 'passed',
  found,
  seen
});
export const failed = (found: string, seen?: ISeen): IVerdict => ({
  outcome: 'failed',
  found,
  seen
});
export const warning = (found: string, seen?: ISeen): IVerdict => ({
  outcome: 'warning',
  found,
  seen
});
export const skipped = (found: string): IVerdict => ({
  outcome: 'skipped',
  found
});

export const NO_MODEL = 'No model was found at this server.';

/** Says of an answer what it was in place of what was wanted. */
export function statusWords({ status, answered }: ISeen): string {
  return status === 0
    ? `There was ${answered.split('\n')[0]}.`
    : `It answered ${status}.`;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
