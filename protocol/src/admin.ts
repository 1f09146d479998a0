import { Static, Type } from '@sinclair/typebox';
import { ProviderSetting } from './accounts';
import { SourceKind } from './catalogue';

/**
 * The administrator's file: `deep.json` on Jupyter's config path, later folders of the path yielding to earlier ones.
 * An environment variable overrides a value: `limits.idleMinutes` is `DEEP_LIMITS_IDLE_MINUTES`; lists and objects are JSON text.
 */
const SourceSetting = Type.Object(
  {
    id: Type.String({
      pattern: '^[a-z0-9-]{1,40}$',
      description: 'First part of the ids of its modules.'
    }),
    kind: SourceKind,
    title: Type.Optional(Type.String()),
    address: Type.String({
      description:
        'papi: base URL, such as https://host/v1. git-index: URL of a `.gitmodules`. deep-index: URL of a `MODULES.yml`. folder: a folder of module folders.'
    }),
    toolsAddress: Type.Optional(
      Type.String({ description: 'git-index: a second one, of tools.' })
    ),
    rawAddress: Type.Optional(
      Type.String({
        description:
          'Where files of repositories are, with {owner}, {repo}, {branch} and {file}. Default: that of GitHub.'
      })
    ),
    organisations: Type.Optional(
      Type.Array(Type.String(), {
        description:
          'Owners whose repositories an index may name. Default: ai4os, ai4os-hub, deephdc.'
      })
    )
  },
  { additionalProperties: false }
);
export type SourceSetting = Static<typeof SourceSetting>;

/** An engine, cloud or platform beside those that are found by themselves. */
const TargetSetting = Type.Object(
  {
    id: Type.String({
      pattern: '^[a-z0-9-]{1,40}$',
      description:
        'Second part of the id of the target: `gpu-host` makes `container:gpu-host`.'
    }),
    kind: Type.Union([
      Type.Literal('container'),
      Type.Literal('im'),
      Type.Literal('papi')
    ]),
    title: Type.Optional(Type.String()),
    address: Type.String({
      description:
        'container: `unix:///run/podman/podman.sock`, `ssh://user@host[:port][/socket]` or `tcp://host:2376`. im: base URL of its REST interface; papi: base URL without its version.'
    }),
    account: Type.Optional(
      Type.String({
        description:
          'im, papi: id of the account that it needs, or of a provider.'
      })
    ),
    organisations: Type.Optional(
      Type.Array(Type.String(), {
        description:
          'papi: virtual organisations that are offered; by default those that the sign-in of the user names.'
      })
    ),
    caFile: Type.Optional(
      Type.String({
        description: 'tcp: PEM file of the authority that signed it.'
      })
    ),
    certFile: Type.Optional(
      Type.String({ description: 'tcp: PEM file that says who we are.' })
    ),
    keyFile: Type.Optional(
      Type.String({
        description:
          'tcp: PEM file of its key; ssh: private key, else those of ~/.ssh and the agent.'
      })
    ),
    knownHostsFile: Type.Optional(
      Type.String({
        description: 'ssh: hosts that are trusted. Default ~/.ssh/known_hosts.'
      })
    ),
    publishAddress: Type.Optional(
      Type.String({
        description:
          'tcp: address of that host at which ports of modules are published. Whoever reaches it can use them: they have no login.'
      })
    ),
    templateFolders: Type.Optional(
      Type.Array(Type.String(), {
        description: 'im: folders of TOSCA files that users may choose from.'
      })
    ),
    mirrors: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description:
          'im: addresses that are taken in place of those that templates import.'
      })
    ),
    wheelUrl: Type.Optional(
      Type.String({
        description:
          'im: where clouds can fetch the wheel of jupyterlab-deep; without it model folders stay here.'
      })
    ),
    options: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description: 'container: defaults of what can be chosen there.'
      })
    )
  },
  { additionalProperties: false }
);
export type TargetSetting = Static<typeof TargetSetting>;

export const AdminConfig = Type.Object(
  {
    store: Type.Optional(
      Type.Object(
        {
          directory: Type.Optional(
            Type.String({
              description:
                'Folder of the store; a local disk where homes are on a network.'
            })
          )
        },
        { additionalProperties: false }
      )
    ),
    catalogue: Type.Optional(
      Type.Object(
        {
          folders: Type.Optional(
            Type.Array(Type.String(), {
              description:
                'Folders of model folders, offered as built-in modules.'
            })
          ),
          sources: Type.Optional(
            Type.Array(SourceSetting, {
              description:
                'Catalogues beside the defaults `ai4eosc`, `ai4os` and `deep`; one with the id of a default takes its place.'
            })
          ),
          disabled: Type.Optional(
            Type.Array(Type.String(), {
              description:
                'Ids of sources that are off until the user switches them on.'
            })
          ),
          lockSources: Type.Optional(
            Type.Boolean({
              description: 'Users may neither add, remove nor switch sources.'
            })
          ),
          refreshMinutes: Type.Optional(
            Type.Number({
              minimum: 1,
              description:
                'A source is asked again when its content is older. Default 60.'
            })
          )
        },
        { additionalProperties: false }
      )
    ),
    limits: Type.Optional(
      Type.Object(
        {
          idleMinutes: Type.Optional(
            Type.Number({
              minimum: 0,
              description:
                'The service ends so long after its last client and run. Default 10.'
            })
          ),
          moduleIdleMinutes: Type.Optional(
            Type.Number({
              minimum: 0,
              description:
                'A module on this machine stops so long after its last use. Default 30.'
            })
          ),
          uploadMb: Type.Optional(
            Type.Number({
              minimum: 1,
              description: 'Largest input file, MB. Default 200.'
            })
          ),
          startSeconds: Type.Optional(
            Type.Number({
              minimum: 1,
              maximum: 86_400,
              description:
                'How long a module may take to answer after its start. Default 60.'
            })
          ),
          pythonStartSeconds: Type.Optional(
            Type.Number({
              minimum: 1,
              maximum: 86_400,
              description:
                'How long a Python module may take to answer after its start: many fetch their weights then. Default 900.'
            })
          ),
          predictMinutes: Type.Optional(
            Type.Number({
              minimum: 0.05,
              // Timers hold 2^31 ms; beyond, they end at once.
              maximum: 35_000,
              description: 'How long one prediction may take. Default 30.'
            })
          ),
          apiSeconds: Type.Optional(
            Type.Number({
              minimum: 1,
              maximum: 86_400,
              description:
                'How long a program may wait for a module that it asks through Jupyter. Default 290.'
            })
          ),
          keepRunsMb: Type.Optional(
            Type.Number({
              minimum: 1,
              description:
                'Inputs and results of ended runs, MB; beyond, the oldest go. Default 2000.'
            })
          ),
          keepAwakeHours: Type.Optional(
            Type.Number({
              minimum: 0,
              description:
                'So long a run may keep a hub from ending an idle Jupyter; 0: never. Default 24.'
            })
          ),
          threads: Type.Optional(
            Type.Integer({
              minimum: 1,
              description: 'Threads of a module. Default: the CPUs allowed.'
            })
          )
        },
        { additionalProperties: false }
      )
    ),
    network: Type.Optional(
      Type.Object(
        {
          httpProxy: Type.Optional(Type.String()),
          httpsProxy: Type.Optional(Type.String()),
          noProxy: Type.Optional(Type.String()),
          caFile: Type.Optional(
            Type.String({
              description: 'PEM file with further certificate authorities.'
            })
          ),
          pypiMirror: Type.Optional(Type.String()),
          npmMirror: Type.Optional(Type.String()),
          privateHosts: Type.Optional(
            Type.Array(Type.String(), {
              description:
                'Hosts (`name`, `name:port`) that may be reached although their addresses are not public, also by http.'
            })
          )
        },
        { additionalProperties: false }
      )
    ),
    accounts: Type.Optional(
      Type.Object(
        {
          providers: Type.Optional(
            Type.Array(ProviderSetting, {
              description:
                'With whom users can sign in for deployments, beside the defaults.'
            })
          )
        },
        { additionalProperties: false }
      )
    ),
    storage: Type.Optional(
      Type.Object(
        {
          folder: Type.Optional(
            Type.String({
              description:
                'Where datasets lie, the same path for every kernel. Default `~/datasets`.'
            })
          ),
          cacheMb: Type.Optional(
            Type.Integer({
              minimum: 1,
              description:
                'What each mounted dataset may keep on this machine, MB. Default 10000.'
            })
          ),
          mount: Type.Optional(
            Type.Boolean({
              description:
                'Datasets may be mounted by rclone, where FUSE is allowed. Default true.'
            })
          )
        },
        { additionalProperties: false }
      )
    ),
    targets: Type.Optional(
      Type.Object(
        {
          more: Type.Optional(
            Type.Array(TargetSetting, {
              description:
                'Places for deployments beside this machine and the engine that is found on it.'
            })
          ),
          lockTargets: Type.Optional(
            Type.Boolean({
              description: 'Users may add no targets. Default false.'
            })
          ),
          disabled: Type.Optional(
            Type.Array(Type.String(), {
              description: 'Ids of targets that nobody is offered.'
            })
          ),
          mirrors: Type.Optional(
            Type.Record(Type.String(), Type.String(), {
              description:
                'First parts of image names and what is asked in their place: `{"docker.io/deephdc": "registry.example.org/deephdc"}`.'
            })
          ),
          baseImage: Type.Optional(
            Type.String({
              description:
                'What images of model folders are made from: any with glibc and libstdc++. Default docker.io/library/debian:stable-slim.'
            })
          ),
          cpus: Type.Optional(
            Type.Number({
              minimum: 0.1,
              description:
                'CPUs of a container, unless its user says so. Default 2.'
            })
          ),
          memoryMb: Type.Optional(
            Type.Integer({
              minimum: 64,
              description:
                'Memory of a container, MB, unless its user says so. Default 4000.'
            })
          ),
          startSeconds: Type.Optional(
            Type.Number({
              minimum: 1,
              maximum: 86_400,
              description:
                'How long a deployment may take to answer once its target says that it runs. Default 900.'
            })
          )
        },
        { additionalProperties: false }
      )
    )
  },
  { $id: 'AdminConfig', additionalProperties: false }
);
export type AdminConfig = Static<typeof AdminConfig>;
