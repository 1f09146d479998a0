import { Static, Type } from '@sinclair/typebox';

/** `deep/service.json` in Jupyter's runtime folder, mode 0600: how door and kernels find the service. */
export const DiscoveryFile = Type.Object({
  socket: Type.String(),
  token: Type.String(),
  pid: Type.Integer(),
  host: Type.String(),
  version: Type.String(),
  startedAt: Type.String({ format: 'date-time' }),
  store: Type.Optional(
    Type.String({
      description:
        'Real path of the store that it serves: several may share a runtime folder.'
    })
  )
});
export type DiscoveryFile = Static<typeof DiscoveryFile>;

export const Health = Type.Object({
  status: Type.Literal('ok'),
  version: Type.String(),
  pid: Type.Integer(),
  node: Type.String(),
  platform: Type.String(),
  startedAt: Type.String({ format: 'date-time' }),
  uptimeS: Type.Number(),
  memoryBytes: Type.Integer(),
  store: Type.Object({
    path: Type.String(),
    schema: Type.Integer(),
    sizeBytes: Type.Integer(),
    freeBytes: Type.Integer()
  }),
  machine: Type.Object({
    host: Type.String(),
    cpus: Type.Number({ description: "Within the container's limit." }),
    memoryBytes: Type.Integer({ description: "Within the container's limit." }),
    gpus: Type.Array(Type.String())
  }),
  active: Type.Object({
    runs: Type.Integer(),
    deployments: Type.Integer(),
    keepAwake: Type.Boolean({
      description:
        'A run is at work, and is not older than the administrator lets it keep a hub from ending this server.'
    })
  }),
  notes: Type.Optional(
    Type.Array(Type.String(), {
      description:
        'What a person should know, such as a damaged store that was set aside.'
    })
  )
});
export type Health = Static<typeof Health>;

/** Header with the service's token. */
export const TOKEN_HEADER = 'x-deep-token';
/** Header by which a client keeps the service alive: `jupyter:<pid>` or `kernel:<pid>`. */
export const CLIENT_HEADER = 'x-deep-client';
/**
 * Header by which the door names the root folder of Jupyter's contents, percent-encoded (`decodeURIComponent`);
 * absent when contents are not local files.
 */
export const ROOT_HEADER = 'x-deep-root';

/** Names and payloads of the event stream. `reset` asks the reader to fetch everything anew. */
export type DeepEvent =
  | { event: 'run'; data: import('./runs').Run }
  | { event: 'deployment'; data: import('./deployments').Deployment }
  | { event: 'deployment-removed'; data: { id: string } }
  | { event: 'target'; data: import('./targets').Target }
  | { event: 'target-removed'; data: { id: string } }
  | { event: 'catalogue'; data: { source: string } }
  | { event: 'storage-account'; data: import('./storage').StorageAccount }
  | { event: 'account'; data: import('./accounts').Account }
  | { event: 'dataset'; data: import('./datasets').Dataset }
  | { event: 'development'; data: import('./develop').Development }
  | { event: 'reset'; data: { reason: string } };
