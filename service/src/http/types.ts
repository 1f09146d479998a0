import { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault
} from 'fastify';
import { Type } from '@sinclair/typebox';
import {
  Account,
  Dataset,
  Deployment,
  Development,
  ModuleCard,
  ModuleDetail,
  Problem,
  Run,
  StorageAccount,
  StorageEntry,
  Target
} from '@jupyterlab-deep/protocol';

/** The service's server: requests and replies typed by the routes' schemas. */
export type DeepApp = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** What a route takes as its body; JSON unless it says otherwise. */
export type BodyKind = 'json' | 'octets' | 'any';

declare module 'fastify' {
  // The name is fastify's.
  // eslint-disable-next-line @typescript-eslint/naming-convention
  interface FastifyContextConfig {
    /** Answers without the token. */
    isOpen?: boolean;
    body?: BodyKind;
  }
}

/** Shapes that many routes answer with; they stand once in the OpenAPI document. */
export const SHARED = [
  Problem,
  ModuleCard,
  ModuleDetail,
  Deployment,
  Run,
  StorageAccount,
  StorageEntry,
  Dataset,
  Account,
  Target,
  Development
];

const reference = <T>(name: string) => Type.Unsafe<T>({ $ref: `${name}#` });
export const DeploymentRef = reference<Deployment>('Deployment');
export const ModuleCardRef = reference<ModuleCard>('ModuleCard');
export const ModuleDetailRef = reference<ModuleDetail>('ModuleDetail');
export const RunRef = reference<Run>('Run');
export const StorageAccountRef = reference<StorageAccount>('StorageAccount');
export const StorageEntryRef = reference<StorageEntry>('StorageEntry');
export const AccountRef = reference<Account>('Account');
export const DatasetRef = reference<Dataset>('Dataset');
export const DevelopmentRef = reference<Development>('Development');
export const TargetRef = reference<Target>('Target');
export const ProblemRef = reference<Problem>('Problem');
