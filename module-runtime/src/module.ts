import {
  type IArgument,
  type IModel
} from '@jupyterlab-deep/kernel-helpers/models';
import { type Trainings } from './training/trainings';

/** Any media type will do: part of each module's list in DEEPaaS. */
export const ANY_TYPE = '*/*';
export const JSON_TYPE = 'application/json';
export const CSV_TYPE = 'text/csv';
/** Media types of replies that a module can offer. */
export const REPLY_TYPES = [JSON_TYPE, CSV_TYPE];

/** A model as DEEPaaS shows it. */
export interface IModule {
  /** Its name in paths. */
  name: string;
  model: IModel;
  /** Arguments of predict, `accept` not among them. */
  arguments: IArgument[];
  accept: { types: string[]; in: 'query' | 'headers' };
  maxUploadBytes: number;
  /** Absent where the model cannot be retrained. */
  trainings?: Trainings;
  /** Why it cannot be. */
  notTrainable?: string;
}

/** Metadata as real modules answer it, under `/v2/models/NAME/`. */
export function metadataOf(module: IModule): Record<string, unknown> {
  const { manifest } = module.model;
  const { title, version, license } = module.model.describe();
  return {
    id: module.name,
    name: module.name,
    links: [{ rel: 'self', href: `/v2/models/${module.name}` }],
    title,
    description: manifest.description ?? title,
    version,
    license,
    ...(manifest.author ? { author: manifest.author } : {})
  };
}
